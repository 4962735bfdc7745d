import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { OAuthError } from '../../src/errors/oauth-error.ts'
import type { ProviderDefinition } from '../../src/provider/definition.ts'
import type { TokenStore } from '../../src/types.ts'
import { type Acme, failure, json, startAcme } from '../support/connected.ts'

let acme: Acme
const sites = [
  { id: 's1', title: 'First', kinds: ['wiki:read', 'tracker:read'] },
  { id: 's2', title: 'Second', kinds: ['tracker:read'] },
  { id: 's3', title: 'Pages only', kinds: ['wiki:read'] },
]
beforeEach(async () => {
  acme = await startAcme()
  acme.endpoints['/sites'] = () => json(sites)
  acme.endpoints['/api/s2/items'] = () => json({ ok: true })
})
afterEach(() => acme.close())

/** A provider whose one grant reaches several sites. */
function withSites(): Partial<ProviderDefinition> {
  const origin = new URL(acme.definition.token.url).origin
  return {
    params: {
      site: {
        description: 'the site',
        pattern: '^s[0-9]+$',
        example: 's1',
        from: ['user', 'discovery'],
      },
    },
    discovery: [
      {
        url: `${origin}/sites`,
        choose: {
          param: 'site',
          list: '',
          id: 'id',
          name: 'title',
          where: { at: 'kinds', contains: 'tracker' },
        },
      },
    ],
    api: { baseUrl: `${origin}/api/{site}` },
  }
}

async function connectWith(params: Readonly<Record<string, string>> = {}, errors: OAuthError[] = []) {
  const client = acme.client({ hooks: { onError: ({ error }) => errors.push(error) } }, withSites())
  const { state } = await client.authorize({ tenantId: 't1', params })
  return { client, ...(await client.callback(`?code=c&state=${state}`)) }
}

const both = [
  { id: 's1', name: 'First' },
  { id: 's2', name: 'Second' },
]

describe('several sites in one grant', () => {
  it('are all kept, and none is guessed', async () => {
    const { connection, client } = await connectWith()
    expect(connection.choices).toEqual({ site: both })
    expect(connection.params).toEqual({})
    const error = await failure(client.fetch(acme.ref, '/items'))
    expect(error).toMatchObject({ code: 'params_invalid' })
    expect(error.message).toContain('take one of connection.choices to client.choose')
  })

  it('are chosen from at the connect', async () => {
    const { connection, client } = await connectWith({ site: 's2' })
    expect(connection.params).toEqual({ site: 's2' })
    expect((await client.fetch(acme.ref, '/items')).status).toBe(200)
  })

  it('are chosen from later, without the provider', async () => {
    const { client } = await connectWith()
    acme.server.requests.length = 0
    const chosen = await client.choose(acme.ref, { site: 's2' })
    expect(chosen).toMatchObject({ params: { site: 's2' }, version: 2, choices: { site: both } })
    expect(acme.server.requests).toEqual([])
    expect(await client.getConnection(acme.ref)).toEqual(chosen)
    expect((await client.fetch(acme.ref, '/items')).status).toBe(200)
    expect((await client.choose(acme.ref, { site: 's1' })).params).toEqual({ site: 's1' })
  })

  it('do not count where the grant is for something else there', async () => {
    const error = await failure(connectWith({ site: 's3' }))
    expect(error.message).toBe(
      'Acme OAuth failed: params_invalid - the account does not have the "site" that was asked for: it has s1 (First), s2 (Second)',
    )
  })

  it('keep what was chosen at a reconnect, as long as it is there', async () => {
    const { client } = await connectWith()
    await client.choose(acme.ref, { site: 's2' })
    expect((await connectWith()).connection.params).toEqual({ site: 's2' })
    acme.endpoints['/sites'] = () => json([sites[0], { id: 's4', kinds: ['tracker:read'] }])
    const { connection } = await connectWith()
    expect(connection.params).toEqual({})
    expect(connection.choices).toEqual({ site: [{ id: 's1', name: 'First' }, { id: 's4' }] })
  })

  it('are taken without a question where there is one', async () => {
    acme.endpoints['/sites'] = () => json([sites[1]])
    expect((await connectWith()).connection).toMatchObject({
      params: { site: 's2' },
      choices: { site: [{ id: 's2', name: 'Second' }] },
    })
  })

  it('are taken at the word of the user where the list fails, which is reported', async () => {
    acme.endpoints['/sites'] = () => json({ error: 'busy' }, 503)
    const errors: OAuthError[] = []
    const { connection } = await connectWith({ site: 's9' }, errors)
    expect(connection.params).toEqual({ site: 's9' })
    expect(errors.map(({ status }) => status)).toEqual([503])
  })

  it('have names without control characters, and without a token that they repeat', async () => {
    acme.endpoints['/sites'] = () =>
      json([
        { id: 's1', title: 'Fir\u0007st\nsite', kinds: ['tracker'] },
        { id: 's2', title: 'of at-secret-token-1', kinds: ['tracker'] },
        { id: 's3', title: 7, kinds: ['tracker'] },
        { id: 's4', title: '', kinds: ['tracker'] },
      ])
    acme.endpoints['/token'] = () => json({ access_token: 'at-secret-token-1' })
    const { connection } = await connectWith()
    expect(connection.choices?.site).toEqual([
      { id: 's1', name: 'Fir st site' },
      { id: 's2', name: 'of [redacted]' },
      { id: 's3', name: '7' },
      { id: 's4' },
    ])
  })

  it('survive a refresh', async () => {
    const { client } = await connectWith({ site: 's2' })
    acme.endpoints['/token'] = () => acme.rotating()
    expect(await client.refresh(acme.ref)).toMatchObject({ params: { site: 's2' }, choices: { site: both } })
  })
})

describe('client.choose', () => {
  it.each([
    [{ site: 's9' }, 'does not have the "site"'],
    [{ site: '../x' }, 'param "site" is not valid'],
    [{ other: 's1' }, 'there is no param "other"'],
  ])('refuses %j', async (params, words) => {
    const { client } = await connectWith()
    const error = await failure(client.choose(acme.ref, params))
    expect(error.code).toBe('params_invalid')
    expect(error.message).toContain(words)
    expect((await client.getConnection(acme.ref))?.version).toBe(1)
  })

  it('changes nothing that the client has fixed', async () => {
    await connectWith()
    const client = acme.client({ params: { site: 's1' } }, withSites())
    const error = await failure(client.choose(acme.ref, { site: 's2' }))
    expect(error.message).toContain('param "site" is fixed')
  })

  it('says so where there is no connection', async () => {
    const client = acme.client({}, withSites())
    expect((await failure(client.choose(acme.ref, { site: 's1' }))).code).toBe('connection_not_found')
  })

  it('waits for tokens that the store would not take yet', async () => {
    let down = false
    const store: TokenStore = {
      ...acme.store,
      async save(record, options) {
        if (down) throw new Error('connection refused')
        return acme.store.save(record, options)
      },
    }
    await connectWith()
    const client = acme.client({ store }, withSites())
    acme.endpoints['/token'] = () => acme.rotating()
    down = true
    await client.refresh(acme.ref)
    const error = await failure(client.choose(acme.ref, { site: 's2' }))
    expect(error).toMatchObject({ code: 'store_failed', retryable: true })
    down = false
    await client.close()
    expect((await client.choose(acme.ref, { site: 's2' })).params).toEqual({ site: 's2' })
    expect((await client.getTokens(acme.ref)).accessToken).toBe('at-2')
  })

  it('stands beside a refresh that writes at the same time', async () => {
    const { client } = await connectWith()
    acme.endpoints['/token'] = () => acme.rotating()
    await Promise.all([client.refresh(acme.ref), client.choose(acme.ref, { site: 's2' })])
    expect(await client.getConnection(acme.ref)).toMatchObject({ params: { site: 's2' }, version: 3 })
    expect((await client.getTokens(acme.ref)).accessToken).toBe('at-2')
  })
})
