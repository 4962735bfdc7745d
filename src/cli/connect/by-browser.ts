import { randomBytes, randomInt } from 'node:crypto'
import type { AuthorizeResult, OAuthClient } from '../../client-types.ts'
import { isOAuthError } from '../../errors/oauth-error.ts'
import { createOAuthClient } from '../../index.ts'
import type { ProviderDefinition } from '../../provider/definition.ts'
import type { Connection } from '../../types.ts'
import { CommandFailure, exitCodes, usageFailure } from '../exit-codes.ts'
import { unlessAborted } from '../interruption.ts'
import { repeatsRedirectUri, tellingHooks } from '../open-client.ts'
import { plain, say } from '../output.ts'
import { clientOf, startSimulator } from '../simulator.ts'
import type { StoreInUse } from '../trial-store.ts'
import type { CallbackPage } from './callback-page.ts'
import { type Callback, type CallbackServer, listenForCallback } from './callback-server.ts'
import { type ConnectOptions, splitParams } from './connect-options.ts'
import { openBrowser } from './open-browser.ts'
import { pastedCallback } from './pasted-callback.ts'
import { redirectTarget } from './redirect-target.ts'

/** Sends the user's browser to the provider and waits for it to come back (RFC 8252 §4.1). */
export async function connectByBrowser(
  definition: ProviderDefinition,
  options: ConnectOptions,
  { store, secret }: StoreInUse,
  signal: AbortSignal,
): Promise<Connection> {
  const { trusted, given } = splitParams(definition, options)
  const { uri, server } = await prepareReturn(definition, options)
  try {
    const simulator = options.simulator
      ? await startSimulator(definition, { redirectUri: uri, params: trusted })
      : undefined
    try {
      const client: OAuthClient = createOAuthClient(simulator?.definition ?? definition, {
        store,
        ...(secret !== undefined && { secret }),
        ...(simulator && clientOf(simulator)),
        redirectUri: uri,
        scopes: options.scope,
        params: trusted,
        hooks: tellingHooks,
      })
      try {
        return await goAndReturn(client, options, { given, server, signal })
      } finally {
        await client.close()
      }
    } finally {
      await simulator?.close()
    }
  } finally {
    await server?.close()
  }
}

/** The redirect URI, and the server behind it; none where the user pastes the address. */
async function prepareReturn(
  definition: ProviderDefinition,
  options: ConnectOptions,
): Promise<{ readonly uri: string; readonly server?: CallbackServer }> {
  const { uri, listen } = redirectTarget(definition.id, options)
  if (listen && !options.paste) {
    const server = await listenForCallback({ uri, listen })
    return { uri: server.redirectUri, server }
  }
  if (definition.protocol === 'oauth2' && definition.authorization.responseMode === 'form_post')
    throw usageFailure(
      `${definition.name} answers with a form, which no address bar shows`,
      'Leave out --paste, and give a --redirect-uri at 127.0.0.1 or localhost.',
    )
  // Nothing listens there, at best: the port only has to look like one that a native app was given.
  return { uri: uri.replace(/^(http:\/\/127\.0\.0\.1):0\//, `$1:${randomInt(49_152, 65_536)}/`) }
}

interface Flow {
  readonly given: Readonly<Record<string, string>>
  readonly server: CallbackServer | undefined
  readonly signal: AbortSignal
}

async function goAndReturn(client: OAuthClient, options: ConnectOptions, flow: Flow): Promise<Connection> {
  const { tenant: tenantId, connection: connectionId } = options
  // Known to this process alone, so that nobody else can finish the flow, not even an application with the same secret.
  const binding = randomBytes(32).toString('base64url')
  const begun = await client.authorize({ tenantId, connectionId, params: flow.given, binding })
  const deadline = AbortSignal.timeout(options.timeout * 1000)
  const limit = AbortSignal.any([flow.signal, deadline])
  const finish = async (query: URLSearchParams) =>
    (await client.callback(query, { binding, state: begun.state })).connection
  try {
    if (!flow.server) {
      invite(client, begun, options, 'pastes')
      return await finish(await pastedCallback(returnedState(begun), limit))
    }
    const back = flow.server.next(returnedState(begun), () =>
      say('A request that does not belong to this flow was refused. Still waiting.'),
    )
    invite(client, begun, options, 'waits')
    return await finishOnPage(await unlessAborted(back, limit), client.provider, finish)
  } catch (error) {
    if (!deadline.aborted || flow.signal.aborted || error !== limit.reason) throw error
    throw new CommandFailure(`nobody came back within ${options.timeout} s`, {
      exitCode: exitCodes.failed,
      hint:
        'If the provider refused the redirect URI, register it as it is, with --port <n> or --redirect-uri. ' +
        'If the browser runs on another machine, use --paste.',
    })
  }
}

/** What the callback carries as `state`: with OAuth 1.0a and Plaid the flow's id alone. */
function returnedState({ state, flowId }: AuthorizeResult): string {
  return flowId ?? state
}

/** The browser waits for the exchange, so that its page says what came of it. */
async function finishOnPage(
  { query, answer }: Callback,
  { name }: ProviderDefinition,
  finish: (query: URLSearchParams) => Promise<Connection>,
): Promise<Connection> {
  try {
    const connection = await finish(query)
    answer({ heading: `${name} is connected`, text: 'You can close this page and go back to the terminal.' })
    return connection
  } catch (error) {
    answer(failurePage(name, error))
    throw error
  }
}

function failurePage(name: string, error: unknown): CallbackPage {
  const text = isOAuthError(error) ? `${error.message}. ${error.hint}` : 'The terminal says why.'
  return { heading: `${name} was not connected`, text, failed: true }
}

function invite(
  { provider, redirectUri }: OAuthClient,
  { url }: AuthorizeResult,
  options: ConnectOptions,
  way: 'waits' | 'pastes',
): void {
  say(`Open this address to connect ${plain(provider.name)}:\n\n  ${url}\n`)
  if (way === 'pastes')
    say(
      `Afterwards the browser goes to ${redirectUri} and may show an error there.\n` +
        'Copy the whole address that it ended at, and paste it here.',
    )
  else say(`Waiting ${options.timeout} s for the answer at ${redirectUri} (Ctrl-C stops)`)
  if (options.open) openBrowser(url)
  if (repeatsRedirectUri(provider) && !options.simulator)
    say(
      `${plain(provider.name)} wants this redirect URI again later: refresh, token and disconnect need it, too.`,
    )
}
