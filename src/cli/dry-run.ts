import type { OAuthClient } from '../client-types.ts'
import { isOAuthError } from '../errors/oauth-error.ts'
import { createOAuthClient } from '../index.ts'
import type { ProviderDefinition } from '../provider/definition.ts'
import { historyOf } from '../sync/history/history-of.ts'
import type { Connection } from '../types.ts'
import { paramsOf, requiredExamples } from './definition-facts.ts'
import { plain } from './output.ts'
import { clientOf, type Simulator, startSimulator } from './simulator.ts'
import type { StoreInUse } from './trial-store.ts'

type StepName = 'authorize' | 'consent' | 'callback' | 'connect' | 'call' | 'refresh' | 'disconnect'

/** One step of a dry run. `none`: the definition has no such thing. Nothing follows a step that failed. */
export interface Step {
  readonly name: StepName
  readonly outcome: 'ok' | 'none' | 'failed'
  /** What was seen, or why it failed. */
  readonly detail: string
}

const tenantId = 'dry-run'
const day = 86_400_000

/**
 * Takes a definition through the life of a connection against the simulator that is made from it, over HTTP on
 * loopback: connect, a call, a refresh of an access token that has ended, disconnect. Params are the definition's own
 * examples. It cannot say whether the provider really behaves as the definition says.
 */
export async function dryRun(
  definition: ProviderDefinition,
  { store, secret }: StoreInUse,
): Promise<readonly Step[]> {
  const redirectUri = `http://127.0.0.1/oauth/${definition.id}/callback`
  const steps: Step[] = []
  let current: StepName = definition.protocol === 'api-key' ? 'connect' : 'authorize'
  const step = async <T>(
    name: StepName,
    run: () => Promise<T>,
    detail: (result: T) => string,
  ): Promise<T> => {
    current = name
    const result = await run()
    steps.push({ name, outcome: 'ok', detail: detail(result) })
    return result
  }
  let simulator: Simulator | undefined
  try {
    simulator = await startSimulator(definition, { redirectUri })
    const options = {
      store,
      ...(secret !== undefined && { secret }),
      ...clientOf(simulator),
      redirectUri,
      hooks: { onWarning: () => undefined },
    }
    const client: OAuthClient = createOAuthClient(simulator.definition, options)
    try {
      const run: Run = { client, simulator, step }
      if (simulator.definition.protocol === 'api-key') {
        const byKey = createOAuthClient(simulator.definition, options)
        const credentials = {
          [Object.keys(simulator.definition.credentials)[0] ?? '']: simulator.mock.issueKey(),
        }
        const params = requiredExamples(simulator.definition)
        await step('connect', () => byKey.connect({ tenantId, credentials, params }), connectedWords)
      } else await connect(run)
      await step('call', () => call(client), String)
      if (definition.refresh) await step('refresh', () => refresh(run), String)
      else steps.push({ name: 'refresh', outcome: 'none', detail: 'there are no refresh tokens' })
      await step('disconnect', () => disconnect(client), String)
    } finally {
      await client.close()
    }
  } catch (error) {
    steps.push({ name: current, outcome: 'failed', detail: reasonOf(error) })
  } finally {
    await simulator?.close()
  }
  return steps
}

interface Run {
  readonly client: OAuthClient
  readonly simulator: Simulator
  step<T>(name: StepName, run: () => Promise<T>, detail: (result: T) => string): Promise<T>
}

async function connect({ client, simulator, step }: Run): Promise<void> {
  const params = requiredExamples(simulator.definition)
  const { url, state } = await step(
    'authorize',
    () => client.authorize({ tenantId, params }),
    (begun) => addressOf(begun.url),
  )
  const back = await step('consent', () => simulator.mock.approve(url), addressOf)
  await step('callback', () => client.callback(back, { state }), connectedWords)
}

function connectedWords({ connection }: { readonly connection: Connection }): string {
  const { account, expiresAt, params } = connection
  const minutes = expiresAt && Math.round((expiresAt.getTime() - Date.now()) / 60_000)
  return [
    `account ${account?.name ?? account?.id ?? 'unknown'}`,
    minutes === undefined ? 'no known end' : `expires in ${minutes} min`,
    ...Object.entries(params).map(([name, value]) => `${name}=${value}`),
  ].join(', ')
}

/** The first page of what a backfill reads, or whatever is at the API's root. */
async function call(client: OAuthClient): Promise<string> {
  const definition = client.provider
  const connection = await client.getConnection({ tenantId })
  if (!connection) throw new Error('the connection is not in the store')
  if (!definition.history) {
    const { status } = await client.fetch({ tenantId }, '/')
    if (status !== 200) throw new Error(`HTTP ${status}`)
    return 'HTTP 200 (there is no history to read)'
  }
  // What no connection knows (figma: which file) is an application's to choose.
  const examples = paramsOf(definition, 'user').map(([name, { example }]) => [name, example] as const)
  const params = { ...Object.fromEntries(examples), ...connection.params }
  const window = { from: new Date(Date.now() - 90 * day), to: new Date() }
  const fetch: typeof globalThis.fetch = (input, init) =>
    client.fetch({ tenantId }, input instanceof Request ? input.url : input, init)
  const pages = historyOf(definition).pages(window, { connection: { ...connection, params }, fetch })
  const { value } = await pages.next()
  return `${value ? value.items.length : 0} items of history`
}

/** The access token ends at the provider; the next call must notice and renew it. */
async function refresh({ client, simulator }: Run): Promise<string> {
  const before = await client.getConnection({ tenantId })
  simulator.mock.expireAccessTokens()
  const seen = await call(client)
  const after = await client.getConnection({ tenantId })
  if (
    !before ||
    !after ||
    after.refreshedAt.getTime() < before.refreshedAt.getTime() ||
    after.version <= before.version
  )
    throw new Error('the call did not notice that the access token had ended')
  return `an ended access token was renewed, ${seen}`
}

async function disconnect(client: OAuthClient): Promise<string> {
  const { revoked, error } = await client.disconnect({ tenantId })
  if (error) throw error
  if (await client.getConnection({ tenantId })) throw new Error('the connection is still in the store')
  if (client.provider.revocation && !revoked) throw new Error('the grant was not revoked')
  return revoked ? 'the grant is revoked' : 'forgotten; the definition has no revocation'
}

/** Without its query, which holds state and code. */
function addressOf(url: string): string {
  const { origin, pathname } = new URL(url)
  return origin + pathname
}

function reasonOf(error: unknown): string {
  if (isOAuthError(error)) return `${error.message} (${error.code})`
  return plain(error instanceof Error ? error.message : String(error))
}
