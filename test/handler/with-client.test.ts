import { afterEach, beforeEach, expect, it } from 'vitest'
import { shopify } from '../../providers/shopify.ts'
import { slack } from '../../providers/slack.ts'
import { createOAuthClient } from '../../src/create-client.ts'
import {
  createOAuthHandler,
  type HandlerFailure,
  type HandlerSession,
} from '../../src/handler/oauth-handler.ts'
import { credentials } from '../support/acme.ts'
import { type Acme, startAcme } from '../support/connected.ts'
import { cookieHeader } from './fake-client.ts'

const origin = 'https://app.example.com'
let acme: Acme
let session: HandlerSession | undefined
let failures: HandlerFailure[]
beforeEach(async () => {
  acme = await startAcme()
  session = { tenantId: 't1', userId: 'u1' }
  failures = []
})
afterEach(() => acme.close())

function setUp() {
  const handler = createOAuthHandler({
    clients: [acme.client()],
    session: () => session,
    onError: (failure) => failures.push(failure),
  })
  const call = (path: string, init?: RequestInit) => handler(new Request(origin + path, init))
  const begin = async () => {
    const response = await call('/oauth/acme/connect?redirectPath=/settings')
    const state = new URL(response.headers.get('location') ?? '').searchParams.get('state')
    return { state, cookie: cookieHeader(response) }
  }
  const finish = (flow: { state: string | null; cookie: string }, query = 'code=code-1') =>
    call(`/oauth/acme/callback?${query}&state=${flow.state}`, { headers: { cookie: flow.cookie } })
  const outcome = async (response: Promise<Response>) => (await response).headers.get('location')
  return { call, begin, finish, outcome }
}

it('connects, lists, and disconnects at the provider', async () => {
  const { call, begin, finish, outcome } = setUp()
  expect(await outcome(finish(await begin()))).toBe('/settings?connected=acme')
  const list = await call('/oauth')
  const text = await list.text()
  expect(JSON.parse(text)).toMatchObject([
    { id: 'acme', connections: [{ account: { name: 'Una' }, status: 'active' }] },
  ])
  expect(text).not.toMatch(/at-1|rt-1|sealed/)
  const removed = await call('/oauth/acme', {
    method: 'DELETE',
    headers: { 'sec-fetch-site': 'same-origin' },
  })
  expect(await removed.json()).toEqual({ revoked: true })
  expect(acme.sentTo('/revoke')).toHaveLength(1)
  expect(await (await call('/oauth')).json()).toMatchObject([{ connections: [] }])
})

it('finishes two tabs, each once', async () => {
  const { begin, finish, outcome } = setUp()
  const [first, second] = [await begin(), await begin()]
  const jar = `${first.cookie}; ${second.cookie}`
  expect(await outcome(finish({ ...second, cookie: jar }))).toBe('/settings?connected=acme')
  expect(await outcome(finish({ ...first, cookie: jar }))).toBe('/settings?connected=acme')
  expect(await outcome(finish({ ...first, cookie: jar }))).toBe(
    '/settings?oauth_error=state_replayed&provider=acme',
  )
  expect(acme.sentTo('/token')).toHaveLength(2)
})

it('asks the provider nothing for another browser, another user or a denial', async () => {
  const { begin, finish, outcome } = setUp()
  const mismatch = '/settings?oauth_error=state_mismatch&provider=acme'
  expect(await outcome(finish({ ...(await begin()), cookie: '' }))).toBe(mismatch)
  const flow = await begin()
  session = { tenantId: 't2', userId: 'u1' }
  expect(await outcome(finish(flow))).toBe(mismatch)
  session = { tenantId: 't1', userId: 'u2' }
  expect(await outcome(finish(flow))).toBe(mismatch)
  session = undefined
  expect(await outcome(finish(flow, 'error=access_denied'))).toBe(
    '/settings?oauth_error=authorization_denied&provider=acme',
  )
  expect(acme.server.requests).toEqual([])
})

it('shows a page for a state that cannot be opened', async () => {
  const { finish } = setUp()
  const response = await finish({ state: 'forged', cookie: '' }, 'error=x&error_description=Call+555+now')
  expect(response.status).toBe(400)
  const text = await response.text()
  expect(text).toContain('Acme was not connected')
  expect(text).toContain(failures[0]?.reference)
  // Words in a forged link are not the provider's, and are not shown as if they were.
  expect(text).not.toContain('555')
})

it('takes clients of any definition, in an array or by name', async () => {
  const own = { ...credentials, store: acme.store }
  const clients = { slack: createOAuthClient(slack, own), shopify: createOAuthClient(shopify, own) }
  for (const given of [clients, Object.values(clients)]) {
    const handler = createOAuthHandler({ clients: given, session: () => session })
    const missing = await handler(new Request(`${origin}/oauth/shopify/connect?format=json`))
    expect([missing.status, await missing.json()]).toMatchObject([400, { error: { code: 'params_invalid' } }])
    const begun = await handler(new Request(`${origin}/oauth/shopify/connect?shop=mine.myshopify.com`))
    expect(new URL(begun.headers.get('location') ?? '').host).toBe('mine.myshopify.com')
  }
})

it('tells which connections of the grant a disconnect ended too, and can leave the grant', async () => {
  const revocation = { ...acme.definition.revocation, ends: 'grant', sharedWith: ['acme'] } as const
  const client = acme.client({ hooks: { onWarning: () => undefined } }, { revocation })
  const handler = createOAuthHandler({ clients: [client], session: () => session })
  for (const connectionId of ['one', 'two', 'three']) {
    const { state } = await client.authorize({ tenantId: 't1', connectionId })
    await client.callback(`?code=c&state=${state}`)
  }
  const disconnect = async (query: string) => {
    const init = { method: 'DELETE', headers: { 'sec-fetch-site': 'same-origin' } }
    return (await handler(new Request(`${origin}/oauth/acme?${query}`, init))).json()
  }
  expect(await disconnect('connectionId=one&revoke=false')).toEqual({ revoked: false })
  expect(acme.sentTo('/revoke')).toEqual([])
  expect(await disconnect('connectionId=two')).toEqual({
    revoked: true,
    alsoEnded: [{ provider: 'acme', connectionId: 'three' }],
  })
})
