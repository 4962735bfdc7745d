import { describe, expect, it } from 'vitest'
import { failure } from '../support/connected.ts'
import { documented, documentedQuery, json, ref, signShopify, started, useStage } from './flow-stage.ts'
import { begin } from './flow-walk.ts'
import { row as shopifyRow } from './rows/shopify.ts'
import { row as zohoBooksRow } from './rows/zoho-books.ts'

const stage = useStage()

describe('shopify', () => {
  const { callback } = shopifyRow
  const shopify = (params?: Readonly<Record<string, string>>) =>
    begin(stage, shopifyRow, { ...(params && { params }) })

  it('signs as its own worked example does', () => {
    const { hmac, ...query } = documentedQuery('shopify', 'callback')
    expect(signShopify(query, 'hush')).toBe(hmac)
  })

  it('refuses a redirect for another shop, however well signed', async () => {
    const walk = shopify()
    const { state } = await walk.authorize()
    const query = { ...callback, shop: 'other-store.myshopify.com' }
    expect((await failure(walk.client.callback(walk.returnTo(state, query)))).code).toBe('params_invalid')
    expect(stage.sent).toEqual([])
  })

  it.each<readonly [string, (url: URL) => void]>([
    ['another secret', (url) => url.searchParams.set('hmac', '0'.repeat(64))],
    ['no signature', (url) => url.searchParams.delete('hmac')],
    ['an altered code', (url) => url.searchParams.set('code', 'ffffffffffffffffffffffffffffffff')],
    ['an added parameter', (url) => url.searchParams.set('added', '1')],
    ['an altered host', (url) => url.searchParams.set('host', 'ZXZpbA')],
  ])('refuses %s', async (_what, alter) => {
    const walk = shopify()
    const { state } = await walk.authorize()
    const url = walk.returnTo(state)
    alter(url)
    expect((await failure(walk.client.callback(url))).code).toBe('signature_invalid')
    expect(stage.sent).toEqual([])
  })

  it.each([
    ['100 seconds ago', started / 1000 - 100],
    ['100 seconds ahead', started / 1000 + 100],
    ['in 2012', 1337178173],
  ])('refuses a signature made %s', async (_when, timestamp) => {
    const walk = shopify()
    const { state } = await walk.authorize()
    const query = { ...callback, timestamp: String(timestamp) }
    expect((await failure(walk.client.callback(walk.returnTo(state, query)))).code).toBe('signature_invalid')
    expect(stage.sent).toEqual([])
  })

  it.each([
    'acme.myshopify.com',
    'https://Acme.myshopify.com/',
    'https://acme.myshopify.com/admin',
    'https://admin.shopify.com/store/acme',
    ' ACME ',
  ])('takes a pasted %j for the shop acme', async (shop) => {
    const { url } = await shopify({ shop }).authorize()
    expect(url).toMatch(/^https:\/\/acme\.myshopify\.com\/admin\/oauth\/authorize\?/)
  })

  it.each(['acme.evil.example', 'acme/../x', 'acme.myshopify.com.evil.example', 'a@b', ''])(
    'begins no flow for the shop %j',
    async (shop) => {
      expect((await failure(shopify({ shop }).authorize())).code).toBe('params_invalid')
    },
  )

  it('keeps a token that does not expire', async () => {
    const token = documented('shopify', 'token-without-expiry')
    const walk = begin(stage, shopifyRow, { token })
    await walk.connect()
    expect(await walk.client.getTokens(ref)).toEqual({
      accessToken: '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',
      scopes: ['write_orders', 'read_customers'],
      tokenType: 'Bearer',
    })
  })

  it('names the page that its token endpoint can answer with', async () => {
    const walk = begin(stage, shopifyRow, { token: documented('shopify', 'error-page') })
    expect((await failure(walk.connect())).message).toBe(
      'Shopify OAuth failed: html_response - the provider answered with an HTML page (HTTP 400, "Oauth error invalid_request") instead of JSON',
    )
  })

  it('takes an unsigned refusal for one too, and sends nothing', async () => {
    const walk = shopify()
    const { state } = await walk.authorize()
    const error = await failure(walk.client.callback(`?error=access_denied&state=${state}`))
    expect(error.code).toBe('authorization_denied')
    expect(stage.sent).toEqual([])
  })
})

describe('zoho-books', () => {
  const back = { code: '1000.code' }

  it('begins in the US where nothing was chosen', async () => {
    const { url } = await begin(stage, zohoBooksRow, { params: {} }).authorize()
    expect(url).toMatch(/^https:\/\/accounts\.zoho\.com\/oauth\/v2\/auth\?/)
  })

  it.each([
    ['https://accounts.zoho.in', 'https://www.zohoapis.in'],
    ['https://accounts.zohocloud.ca', 'https://www.zohoapis.ca'],
    ['https://accounts.zoho.com.au', 'https://www.zohoapis.com.au'],
  ])('exchanges, refreshes and revokes at %s where the callback names it', async (accounts, api) => {
    const body = { ...Object(documented('zoho-books', 'token').body), api_domain: api }
    const row = {
      ...zohoBooksRow,
      callback: { ...back, location: 'xx', 'accounts-server': accounts },
      exchange: { ...zohoBooksRow.exchange, endpoint: `POST ${accounts}/oauth/v2/token` },
      learning: zohoBooksRow.learning.map((each) => ({
        ...each,
        endpoint: `GET ${api}/books/v3/organizations`,
      })),
    }
    const walk = begin(stage, row, { params: {}, token: json(body) })
    await walk.connect()
    stage.answer(`POST ${accounts}/oauth/v2/token`, documented('zoho-books', 'refresh'))
    stage.answer(`POST ${accounts}/oauth/v2/token/revoke`, documented('zoho-books', 'revoke'))
    await walk.tokenAfterItsEnd()
    expect(await walk.client.disconnect(ref)).toEqual({ revoked: true })
    expect(stage.sent.map(({ endpoint }) => endpoint)).toEqual([
      `POST ${accounts}/oauth/v2/token`,
      `GET ${api}/books/v3/organizations`,
      `POST ${accounts}/oauth/v2/token`,
      `POST ${accounts}/oauth/v2/token/revoke`,
    ])
  })

  it.each([
    'https://accounts.zoho.attacker.com',
    'accounts.zoho.attacker.com',
    'https://accounts.zoho.com.evil.example',
    'https://accounts.zoho.com@evil.example',
    'https://accounts.zoho.com.evil.example/https://accounts.zoho.com',
    'http://accounts.zoho.com',
  ])('sends nothing to %s', async (server) => {
    const walk = begin(stage, zohoBooksRow)
    const { state } = await walk.authorize()
    const url = walk.returnTo(state, { ...back, 'accounts-server': server })
    expect((await failure(walk.client.callback(url))).code).toBe('host_not_allowed')
    expect(stage.sent).toEqual([])
  })

  it('takes throttling for a pause, not for the end', async () => {
    const walk = begin(stage, zohoBooksRow)
    await walk.connectRefreshable()
    stage.answer(zohoBooksRow.exchange.endpoint, documented('zoho-books', 'throttled'))
    const error = await failure(walk.tokenAfterItsEnd())
    expect([error.code, error.message]).toEqual([
      'provider_error',
      'Zoho Books OAuth failed: Access Denied - You have made too many requests continuously. Please try again after some time.',
    ])
    expect(await walk.client.getConnection(ref)).toMatchObject({ status: 'active' })
    expect(walk.reconnects).toEqual([])
  })

  it('keeps the old token through throttling while it lives', async () => {
    const walk = begin(stage, zohoBooksRow)
    await walk.connectRefreshable()
    stage.answer(zohoBooksRow.exchange.endpoint, documented('zoho-books', 'throttled'))
    walk.setTime(Date.parse('2026-11-21T12:59:00.000Z'))
    expect(await walk.client.getAccessToken(ref)).toBe(zohoBooksRow.tokens.accessToken)
    expect(stage.sent).toHaveLength(1)
  })

  it('reads an expiry in milliseconds by the field beside it', async () => {
    const token = documented('zoho-books', 'token-milliseconds')
    const { connection } = await begin(stage, zohoBooksRow, { token }).connect()
    expect(connection.expiresAt).toEqual(new Date('2026-11-21T13:00:00.000Z'))
  })

  it("chooses the user's default organization", async () => {
    const learning = zohoBooksRow.learning.map((each) => ({ ...each, answer: 'discovery-default' }))
    const { connection } = await begin(stage, { ...zohoBooksRow, learning }).connect()
    expect(connection.account).toEqual({ id: '10234696', name: 'Zillum Labs' })
  })

  it('is no connection without an organization', async () => {
    const walk = begin(stage, zohoBooksRow)
    stage.answer(zohoBooksRow.exchange.endpoint, documented('zoho-books', 'token'))
    stage.answer('GET https://www.zohoapis.com/books/v3/organizations', json({ code: 0, organizations: [] }))
    const { state } = await walk.authorize()
    await failure(walk.client.callback(walk.returnTo(state)))
    expect(await walk.client.getConnection(ref)).toBeUndefined()
  })
})
