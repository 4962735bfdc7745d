import { isOAuthError, type OAuthClient } from 'latchkey'
import type { Application } from './application.ts'
import { createBrowser } from './browser.ts'
import { exampleParams, type RunningSimulator } from './simulators.ts'

/** One way a flow goes wrong: on which provider, and the message a user would see. */
export interface FaultRow {
  readonly fault: string
  readonly provider: string
  readonly code: string
  readonly message: string
}

const tenantId = 'initech'

/** Makes each fault happen over real HTTP, and collects what the application is told. */
export async function* runFaults(
  app: Application,
  simulators: readonly RunningSimulator[],
): AsyncGenerator<FaultRow> {
  const simulator = (id: string) => {
    const found = simulators.find(({ definition }) => definition.id === id)
    const client = app.clients.find(({ provider }) => provider.id === id)
    if (!found || !client) throw new Error(`no simulator of ${id}`)
    return { mock: found.mock, client }
  }

  for (const [fault, id, details] of [
    ['HTML under HTTP 200', 'hubspot', { status: 200 }],
    ['HTML under HTTP 503', 'zoom', { status: 503 }],
    ['HTML labelled as JSON', 'notion', { status: 200, contentType: 'application/json' }],
  ] as const) {
    const { mock, client } = simulator(id)
    mock.fault({ kind: 'html', on: 'exchange', ...details })
    yield row(fault, client, await attempt(client, async (url) => await approve(url)))
  }
  {
    const { client } = simulator('google-calendar')
    yield row('The user says no', client, await attempt(client, (url) => decide(url, 'deny')))
  }
  {
    const { client } = simulator('slack')
    const tampered = async (url: string) => (await approve(url)).replace(/state=([^&]{20})./, 'state=$1!')
    yield row('Tampered state', client, await attempt(client, tampered))
  }
  {
    const { client } = simulator('github')
    const twice = async (url: string) => {
      const callback = await approve(url)
      await client.callback(callback)
      return callback
    }
    yield row('Replayed callback', client, await attempt(client, twice))
  }
  {
    const { mock, client } = simulator('gitlab')
    const late = async (url: string) => {
      const callback = await approve(url)
      mock.expireCodes()
      return callback
    }
    yield row('Expired code', client, await attempt(client, late))
  }
  {
    const { mock, client } = simulator('quickbooks')
    const revoked = async () => {
      const { url } = await client.authorize({ tenantId, params: exampleParams(client.provider) })
      await client.callback(await approve(url))
      mock.revokeGrants()
      await client.refresh({ tenantId })
    }
    yield row('Grant revoked at the provider', client, await failureOf(revoked))
  }
}

const approve = (url: string) => decide(url, 'approve')
const decide = (url: string, decision: 'approve' | 'deny') => createBrowser().decide(url, decision)

async function attempt(client: OAuthClient, returnTo: (url: string) => Promise<string>): Promise<unknown> {
  const { url } = await client.authorize({ tenantId, params: exampleParams(client.provider) })
  return failureOf(async () => client.callback(await returnTo(url)))
}

async function failureOf(run: () => Promise<unknown>): Promise<unknown> {
  try {
    await run()
  } catch (error) {
    return error
  }
  throw new Error('it did not fail')
}

function row(fault: string, client: OAuthClient, error: unknown): FaultRow {
  if (!isOAuthError(error)) throw error
  return { fault, provider: client.provider.name, code: error.code, message: error.message }
}
