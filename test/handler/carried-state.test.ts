import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { plaid } from '../../providers/plaid.ts'
import { trelloOauth1 } from '../../providers/trello-oauth1.ts'
import { createOAuthClient } from '../../src/create-client.ts'
import { createOAuthHandler } from '../../src/handler/oauth-handler.ts'
import type { ProviderDefinition } from '../../src/provider/definition.ts'
import { memoryStore } from '../../src/stores/memory-store.ts'
import { mockProvider } from '../../src/testing/index.ts'
import { secret } from '../support/acme.ts'
import { cookieHeader, cookiesOf } from './fake-client.ts'

const origin = 'https://app.example.com'

describe.each([
  ['trello-oauth1', trelloOauth1],
  ['plaid', plaid],
] as const)('the state of a flow at %s', (id, definition) => {
  const client = { clientId: 'client-1', clientSecret: 'client-secret-value' }
  const redirectUri = `${origin}/oauth/${id}/callback`
  const mock = mockProvider<ProviderDefinition>(definition, { ...client, redirectUri })
  let provider: Awaited<ReturnType<typeof mock.listen>>
  beforeEach(async () => {
    provider = await mock.listen()
  })
  afterEach(() => provider.close())

  function setUp() {
    const store = memoryStore()
    const oauth = createOAuthClient(provider.definition, {
      ...client,
      redirectUri,
      secret,
      store,
      sync: false,
    })
    const session = () => ({ tenantId: 't1', userId: 'u1' })
    const handler = createOAuthHandler({ clients: [oauth], session })
    const begin = async () => {
      const response = await handler(new Request(`${origin}/oauth/${id}/connect?redirectPath=/settings`))
      return { response, back: await mock.approve(response.headers.get('location') ?? '') }
    }
    const finish = async (back: string, cookie: string) =>
      handler(new Request(back, { headers: cookie ? { cookie } : {} }))
    return { oauth, begin, finish }
  }

  it('stays with the browser, in the cookie of the flow', async () => {
    const { oauth, begin, finish } = setUp()
    const { response, back } = await begin()
    const [cookie] = cookiesOf(response)
    expect(cookie?.attributes).toEqual(expect.arrayContaining(['HttpOnly', 'SameSite=Lax', 'Secure']))
    expect(cookie?.value).toMatch(/^[A-Za-z0-9_-]{43}\.[A-Za-z0-9._-]{100,}$/)
    const flowId = new URL(back).searchParams.get('state') ?? ''
    expect(flowId).toMatch(/^[A-Za-z0-9_-]{22}$/)
    expect(cookie?.value).not.toContain(flowId)
    const answer = await finish(back, cookieHeader(response))
    expect(answer.headers.get('location')).toBe(`/settings?connected=${id}`)
    expect(cookiesOf(answer)[0]?.attributes).toContain('Max-Age=0')
    expect(await oauth.getConnection({ tenantId: 't1' })).toMatchObject({ status: 'active', userId: 'u1' })
  })

  it('is that of its own tab, with two under way', async () => {
    const { begin, finish } = setUp()
    const [one, two] = [await begin(), await begin()]
    const jar = cookieHeader(one.response, two.response)
    expect((await finish(two.back, jar)).headers.get('location')).toBe(`/settings?connected=${id}`)
    expect((await finish(one.back, jar)).headers.get('location')).toBe(`/settings?connected=${id}`)
  })

  it('is missing in another browser, where nothing happens', async () => {
    const { oauth, begin, finish } = setUp()
    const { back } = await begin()
    const answer = await finish(back, '')
    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain('state_missing')
    expect(await oauth.getConnection({ tenantId: 't1' })).toBeUndefined()
  })

  it('counts once', async () => {
    const { begin, finish } = setUp()
    const { response, back } = await begin()
    await finish(back, cookieHeader(response))
    const again = await finish(back, cookieHeader(response))
    expect(again.headers.get('location')).toContain('oauth_error=state_replayed')
  })
})
