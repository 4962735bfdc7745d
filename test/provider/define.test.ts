import { describe, expect, it } from 'vitest'
import { providers } from '../../providers/index.ts'
import { createOAuthClient, defineProvider, isOAuthError, memoryStore } from '../../src/index.ts'
import { acmeAt, credentials } from '../support/acme.ts'

const acme = acmeAt('https://acme.example')

/** The message of the refusal. */
function refusal(data: unknown): string {
  try {
    defineProvider(data)
  } catch (error) {
    if (!isOAuthError(error)) throw error
    expect(error.code).toBe('definition_invalid')
    return error.message
  }
  return 'accepted'
}
const param = { description: 'd', pattern: '^[a-z]+$', example: 'abc' }

describe('defineProvider', () => {
  it.each(providers.map((each) => [each.id, each] as const))(
    'takes %s, as it is and as JSON',
    (_id, definition) => {
      expect(defineProvider(definition)).toEqual(definition)
      expect(defineProvider(JSON.parse(JSON.stringify(definition)))).toEqual(definition)
    },
  )

  it('names the provider and every mistake by its path', () => {
    const message = refusal({
      ...acme,
      id: 'Ac me',
      token: { ...acme.token, url: 'ftp://x' },
      checked: 'today',
    })
    expect(message).toContain('definition_invalid')
    for (const path of ['id:', 'token.url:', 'checked:']) expect(message).toContain(path)
  })

  it.each<[string, object, string]>([
    [
      'a wrong kind of authentication',
      { token: { ...acme.token, authentication: 'basic' } },
      'token.authentication',
    ],
    ['a wrong PKCE word', { authorization: { ...acme.authorization, pkce: 'yes' } }, 'authorization.pkce'],
    [
      'a scope that is no string',
      { authorization: { ...acme.authorization, scopes: { default: [1] } } },
      'authorization.scopes.default.0',
    ],
    ['a wrong discovery request', { discovery: [{ url: 'x', capture: {} }] }, 'discovery.0.url'],
    ['no docs', { docs: [] }, 'docs'],
    ['a wrong protocol', { protocol: 'saml' }, 'protocol'],
    [
      'a pattern that is no regular expression',
      { params: { p: { ...param, pattern: '^($' } } },
      'params.p.pattern',
    ],
    ['a pattern without ^', { params: { p: { ...param, pattern: '[a-z]+$' } } }, 'params.p.pattern'],
    ['a pattern without $', { params: { p: { ...param, pattern: '^[a-z]+' } } }, 'params.p.pattern'],
    [
      'an unanchored case',
      { params: { p: param }, derived: { d: { from: 'p', cases: [{ when: 'x', value: 'y' }] } } },
      'derived.d.cases.0.when',
    ],
    ['an example that does not fit', { params: { p: { ...param, example: 'ABC' } } }, 'params.p.example'],
    [
      'a derived value from nothing',
      { derived: { d: { from: 'q', cases: [{ when: '^x$', value: 'y' }] } } },
      'derived.d.from',
    ],
    ['a wrong word inside refresh', { refresh: { rotates: 'maybe' } }, 'refresh.rotates'],
    ['a wrong type inside identity', { identity: { id: 7 } }, 'identity.id'],
    [
      'a wrong type deep inside refresh',
      { refresh: { rotates: true, dead: [{ values: [''] }] } },
      'refresh.dead.0.values.0',
    ],
  ])('names the path of %s', (_name, fields, path) => {
    expect(refusal({ ...acme, ...fields })).toContain(`${path}:`)
  })

  it.each<[string, object]>([
    ['at the top', { bogus: 1 }],
    ['in token', { token: { ...acme.token, bogus: 1 } }],
    ['in refresh', { refresh: { rotates: true, bogus: 1 } }],
    ['in a param', { params: { p: { ...param, bogus: 1 } } }],
    ['in api', { api: { ...acme.api, bogus: 1 } }],
  ])('refuses an unknown key %s', (_name, fields) => {
    expect(refusal({ ...acme, ...fields })).toMatch(/bogus/)
  })

  it.each<[string, object]>([
    ['authorization.url', { authorization: { url: 'https://{nope}.acme.example/authorize' } }],
    ['authorization.params', { authorization: { ...acme.authorization, params: { x: '{nope}' } } }],
    ['token.url', { token: { ...acme.token, url: 'https://acme.example/{nope}' } }],
    ['token.headers', { token: { ...acme.token, headers: { x: '{nope}' } } }],
    ['refresh.params', { refresh: { rotates: true, params: { x: '{nope}' } } }],
    ['revocation.url', { revocation: { ...acme.revocation, url: 'https://acme.example/{nope}' } }],
    ['api.baseUrl', { api: { baseUrl: 'https://{nope}.acme.example' } }],
    ['api.hosts', { api: { ...acme.api, hosts: ['https://{nope}.acme.example'] } }],
    ['api.query', { api: { ...acme.api, query: { x: '{nope}' } } }],
    ['callback.match', { callback: { match: { shop: '{nope}' } } }],
    ['discovery.url', { discovery: [{ url: 'https://acme.example/{nope}', capture: {} }] }],
    [
      'discovery.headers',
      { discovery: [{ url: 'https://acme.example/', headers: { x: '{nope}' }, capture: {} }] },
    ],
    ['identity.id', { identity: { id: '{nope}' } }],
    ['identity.request.url', { identity: { request: { url: 'https://acme.example/{nope}' }, id: 'id' } }],
    [
      'identity.request.headers',
      { identity: { request: { url: 'https://acme.example/me', headers: { x: '{nope}' } }, id: 'id' } },
    ],
    ['a default', { params: { p: { ...param, default: '{nope}' } } }],
    [
      'a derived value',
      { params: { p: param }, derived: { d: { from: 'p', cases: [{ when: '^x$', value: '{nope}' }] } } },
    ],
    [
      'the name of an inherited property',
      { token: { ...acme.token, url: 'https://acme.example/{constructor}' } },
    ],
  ])('refuses a placeholder that nothing fills in %s', (_name, fields) => {
    expect(refusal({ ...acme, ...fields })).toContain('nothing is called')
  })

  it.each<[string, object]>([
    ['callback', { callback: { capture: { nope: { parameter: 'x' } } } }],
    ['token response', { tokenResponse: { capture: { nope: 'x' } } }],
    ['discovery', { discovery: [{ url: 'https://acme.example/', capture: { nope: 'x' } }] }],
  ])('refuses a capture of an undeclared param from the %s', (_name, fields) => {
    expect(refusal({ ...acme, ...fields })).toContain('"nope"')
  })

  it.each(['^a|b$', '^(a)|(b)$', '^a\\$'])('refuses %s, which is anchored at one end only', (pattern) => {
    expect(
      refusal({
        ...acme,
        params: { p: { ...param, pattern, example: pattern.endsWith('\\$') ? 'a$' : 'a' } },
      }),
    ).not.toBe('accepted')
  })

  it.each<[string, object]>([
    [
      'authorization.params {redirectUri}',
      { authorization: { ...acme.authorization, params: { x: '{redirectUri}' } } },
    ],
    [
      'authorization.params {clientId}',
      { authorization: { ...acme.authorization, params: { x: '{clientId}' } } },
    ],
    ['authorization.url {accessToken}', { authorization: { url: 'https://acme.example/{accessToken}' } }],
  ])('what it accepts can begin a flow: %s', async (_name, fields) => {
    const data = { ...acme, ...fields }
    if (refusal(data) !== 'accepted') return
    const client = createOAuthClient(defineProvider(JSON.parse(JSON.stringify(data))), {
      ...credentials,
      store: memoryStore(),
    })
    await expect(client.authorize({ tenantId: 't1' })).resolves.toHaveProperty('url')
  })

  it.each([null, undefined, 7, 'slack', [], true, Symbol('x'), () => acme])(
    'refuses what is no object: %s',
    (data) => {
      expect(refusal(data)).toContain('definition_invalid')
    },
  )

  it('takes no harm from __proto__ in JSON', () => {
    const text = JSON.stringify(acme).replace(/^\{/, '{"__proto__":{"polluted":1},')
    try {
      const made = defineProvider(JSON.parse(text))
      expect(Reflect.get(made, 'polluted')).toBeUndefined()
    } catch (error) {
      expect(isOAuthError(error)).toBe(true)
    }
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })

  it('keeps its message bounded', () => {
    const bogus = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`bogus${i}`, 1]))
    expect(refusal({ ...acme, ...bogus }).length).toBeLessThanOrEqual(2_000)
  })
})
