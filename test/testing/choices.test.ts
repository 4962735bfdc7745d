import { afterEach, describe, expect, it } from 'vitest'
import type { OAuth2Definition } from '../../src/provider/definition.ts'
import { plain } from './definitions.ts'
import { closeAll, listening } from './plain-client.ts'

afterEach(closeAll)

const text = (value: unknown) => String(value)

/** One grant for several sites: the site in the address of the API. */
const sited: OAuth2Definition = {
  ...plain,
  params: {
    site: { description: 'a site', pattern: '^[a-z0-9-]+$', example: 'site-1', from: ['user', 'discovery'] },
  },
  discovery: [
    {
      url: 'https://api.plain.example/sites',
      choose: {
        param: 'site',
        list: '',
        id: 'id',
        name: 'name',
        where: { at: 'scopes', contains: 'read:plain' },
      },
      required: true,
    },
  ],
  identity: { request: { url: 'https://api.plain.example/me' }, id: 'id' },
  api: { baseUrl: 'https://api.plain.example/ex/{site}' },
}

/** The same with the site in a header. */
const tenanted: OAuth2Definition = {
  ...sited,
  params: {
    ...sited.params,
    event: { description: 'x', pattern: '^[a-z0-9]+$', example: 'event1', from: 'token' },
  },
  tokenResponse: { capture: { event: 'jwt(access_token).event' } },
  discovery: [
    {
      url: 'https://api.plain.example/connections',
      choose: {
        param: 'site',
        list: 'data.list',
        id: 'tenant.id',
        where: { at: 'event', equals: '{event}' },
      },
    },
  ],
  api: { baseUrl: 'https://api.plain.example/v2', headers: { 'X-Tenant': '{site}' } },
}

const choices = { site: [{ id: 'red', name: 'Red' }, { id: 'blue' }, { id: 'grey', excluded: true }] }

describe('the sites of an account', () => {
  it('are listed where the definition looks, those that count marked as such', async () => {
    const simulator = await listening(sited)
    const { access_token: token } = await simulator.tokens({}, { choices })
    expect(
      (await simulator.client.get(`${simulator.origin}/api.plain.example/sites`, text(token))).json,
    ).toEqual([
      { id: 'red', name: 'Red', scopes: ['read:plain'] },
      { id: 'blue', name: 'Plain & "Simple" blue', scopes: ['read:plain'] },
      { id: 'grey', name: 'Plain & "Simple" grey' },
    ])
  })

  it('are one, the param’s example, where nobody says otherwise', async () => {
    const simulator = await listening(sited)
    const { access_token: token } = await simulator.tokens()
    const listed = await simulator.client.get(`${simulator.origin}/api.plain.example/sites`, text(token))
    expect(listed.json).toMatchObject([{ id: 'site-1' }])
  })

  it('satisfy a condition on this very grant', async () => {
    const simulator = await listening(tenanted)
    const { access_token: token } = await simulator.tokens({}, { choices, params: { event: 'e7' } })
    const at = `${simulator.origin}/api.plain.example/connections`
    simulator.client.learn({ site: 'red' })
    expect((await simulator.client.get(at, text(token))).json).toEqual({
      data: {
        list: [
          { tenant: { id: 'red' }, event: 'e7' },
          { tenant: { id: 'blue' }, event: 'e7' },
          { tenant: { id: 'grey' } },
        ],
      },
    })
  })

  it('are all good in the address of the API, and no others are', async () => {
    const simulator = await listening(sited)
    const { access_token: token } = await simulator.tokens({}, { choices })
    const ask = async (site: string) =>
      (await simulator.client.get(`${simulator.origin}/api.plain.example/ex/${site}/x`, text(token))).status
    expect([await ask('red'), await ask('blue'), await ask('site-1')]).toEqual([200, 200, 401])
  })

  it('are all good in a header, which may be absent only while the site is being learnt', async () => {
    const simulator = await listening(tenanted)
    const { access_token: token } = await simulator.tokens({}, { choices })
    const ask = async (path: string, tenant: string | undefined) => {
      const headers = { authorization: `Bearer ${text(token)}`, ...(tenant && { 'x-tenant': tenant }) }
      return (await fetch(`${simulator.origin}/api.plain.example${path}`, { headers })).status
    }
    expect([await ask('/v2/x', 'red'), await ask('/v2/x', 'blue')]).toEqual([200, 200])
    expect([await ask('/v2/x', 'site-1'), await ask('/v2/x', undefined)]).toEqual([400, 400])
    expect([await ask('/connections', undefined), await ask('/connections', 'other')]).toEqual([200, 400])
  })
})
