import assert from 'node:assert/strict'
import { createBrowser } from '../../examples/demo/browser.ts'
import { exampleParams, type RunningSimulator } from '../../examples/demo/simulators.ts'
import { appOrigin, tenantHeader } from './setup.ts'

/** A server under test, and the simulators it connects to. */
export interface Target {
  readonly origin: string
  readonly simulators: readonly RunningSimulator[]
}

/** One flow inside the runtime; what it saw. */
export async function runInside({ origin }: Target, flow: string): Promise<string> {
  const response = await fetch(`${origin}/flow/${flow}`)
  const text = await response.text()
  if (!response.ok) throw new Error(`HTTP ${response.status}: ${text}`)
  const { told, failed }: { told?: string; failed?: string } = JSON.parse(text)
  if (failed !== undefined) throw new Error(failed)
  return told ?? ''
}

const tenantId = 'acme'

/** A browser that reaches the application where the runtime listens, and the providers where they are. */
function browserAt(origin: string) {
  const browser = createBrowser({ [tenantHeader]: tenantId })
  return {
    ...browser,
    at: (path: string) => `${origin}${path}`,
    finish: (callback: string) => {
      assert.ok(callback.startsWith(`${appOrigin}/oauth/`), `back to the redirect URI: ${callback}`)
      return browser.finish(origin + callback.slice(appOrigin.length))
    },
  }
}

interface Listed {
  readonly id: string
  readonly connections: readonly { readonly status: string; readonly sync?: { readonly status: string } }[]
}

async function list(origin: string): Promise<readonly Listed[]> {
  const response = await browserAt(origin).request(`${origin}/oauth`)
  assert.equal(response.status, 200)
  const listed: readonly Listed[] = JSON.parse(await response.text())
  return listed
}

/** Every integration through the handler: connect, consent, callback or key; listed with its sync; deleted. */
export async function handler({ origin, simulators }: Target): Promise<string> {
  const nobody = await fetch(`${origin}/oauth`)
  assert.equal(nobody.status, 401)
  await nobody.text()

  for (const simulator of simulators) await connect(origin, simulator)
  const listed = await list(origin)
  assert.deepEqual(
    listed.map(({ id, connections: [first] }) => `${id} ${first?.status}`).sort(),
    simulators.map(({ definition: { id } }) => `${id} active`).sort(),
  )
  assert.equal(listed.find(({ id }) => id === 'github')?.connections[0]?.sync?.status, 'completed')
  await callbackInAnotherBrowser(origin)

  const ownSite = { origin, 'sec-fetch-site': 'same-origin' }
  const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
  const remove = (id: string, headers: Readonly<Record<string, string>>) =>
    browserAt(origin).request(`${origin}/oauth/${id}`, { method: 'DELETE', headers })
  const refused = await remove('github', foreign)
  assert.equal(refused.status, 403)
  await refused.text()
  for (const { definition } of simulators) {
    const removed = await remove(definition.id, ownSite)
    assert.equal(removed.status, 200, `${definition.id}: ${await removed.text()}`)
  }
  assert.equal((await list(origin)).filter(({ connections }) => connections.length > 0).length, 0)
  return `${simulators.length} integrations connected, listed and deleted`
}

async function connect(origin: string, { definition, mock }: RunningSimulator): Promise<void> {
  const { id, protocol } = definition
  const browser = browserAt(origin)
  const params = exampleParams(definition)
  if (protocol === 'api-key') {
    const [credential = ''] = Object.keys(definition.credentials)
    const answer = await browser.request(browser.at(`/oauth/${id}/connect`), {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin, 'sec-fetch-site': 'same-origin' },
      body: JSON.stringify({ credentials: { [credential]: mock.issueKey() }, params }),
    })
    assert.equal(answer.status, 200, `${id}: ${await answer.text()}`)
    return
  }
  const query = new URLSearchParams({ redirectPath: '/settings', ...params })
  const consent = await browser.begin(browser.at(`/oauth/${id}/connect?${query}`))
  const { location, page } = await browser.finish(await browser.decide(consent, 'approve'))
  assert.equal(location?.slice(location.indexOf('/settings')), `/settings?connected=${id}`, `${id}: ${page}`)
}

/** The binding cookie is read and judged. */
async function callbackInAnotherBrowser(origin: string): Promise<void> {
  const consent = await browserAt(origin).begin(`${origin}/oauth/slack/connect?redirectPath=/`)
  const stranger = browserAt(origin)
  const { location } = await stranger.finish(await stranger.decide(consent, 'approve'))
  assert.match(location ?? '', /\/\?oauth_error=state_mismatch&provider=slack$/)
}

const callers = 20

/** Callers in as many HTTP requests, one rejected token: one refresh, also where each request is a world of its own. */
export async function refreshOnce({ origin, simulators }: Target): Promise<string> {
  const simulator = simulators.find(({ definition }) => definition.id === 'gitlab')
  assert.ok(simulator)
  const { mock } = simulator
  await connect(origin, simulator)
  const [rejected = ''] = await tokens(origin, 1)
  mock.fault({ kind: 'slow', ms: 300, on: 'refresh' })
  const before = mock.requests.length
  const renewed = new Set(await tokens(origin, callers, rejected))
  const refreshes = mock.requests.slice(before).filter(({ endpoint }) => endpoint === 'refresh')
  assert.deepEqual([renewed.size, renewed.has(rejected), refreshes.length], [1, false, 1])
  return `${callers} requests, 1 refresh`
}

/** So many requests at once for the token of the tenant's gitlab. */
function tokens(origin: string, count: number, rejected = ''): Promise<string[]> {
  const ask = async () => {
    const headers = { [tenantHeader]: tenantId, 'x-rejected': rejected }
    const response = await fetch(`${origin}/token/gitlab`, { headers })
    const text = await response.text()
    assert.equal(response.status, 200, text)
    return text
  }
  return Promise.all(Array.from({ length: count }, ask))
}

/** Server-sent events reach a browser one by one: what another request has changed too. */
export async function events({ origin, simulators }: Target): Promise<string> {
  const leave = new AbortController()
  const response = await fetch(`${origin}/oauth/sync`, {
    headers: { [tenantHeader]: tenantId, accept: 'text/event-stream' },
    signal: leave.signal,
  })
  assert.equal(response.headers.get('content-type')?.split(';')[0], 'text/event-stream')
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const until = async (wanted: string) => {
    while (!text.includes(wanted)) {
      const { value = '', done } = (await reader?.read()) ?? { done: true }
      assert.ok(!done, `the stream ended before ${wanted}: ${text}`)
      text += value
    }
  }
  await until('"provider":"gitlab"')
  const linear = simulators.find(({ definition }) => definition.id === 'linear')
  assert.ok(linear)
  await connect(origin, linear)
  await until('"provider":"linear"')
  leave.abort()
  return `${text.split('data:').length - 1} events`
}
