import { describe, expect, it } from 'vitest'
import { providers } from '../../providers/index.ts'
import { defineProvider, isOAuthError } from '../../src/index.ts'
import { acmeAt } from '../support/acme.ts'

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
      'a wrong word',
      { authorization: { ...acme.authorization, pkce: 'yes' } },
      'authorization.pkce: found the string "yes", expected one of "required", "supported", "unsupported"',
    ],
    [
      'a wrong type',
      { authorization: { ...acme.authorization, stateMaxLength: '500' } },
      'authorization.stateMaxLength: found the string "500", expected a number',
    ],
    [
      'a number that is too small',
      { authorization: { ...acme.authorization, stateMaxLength: 64 } },
      'authorization.stateMaxLength: found the number 64, expected at least 128',
    ],
    [
      'a fraction',
      { tokenResponse: { defaultExpiresIn: 1.5 } },
      'tokenResponse.defaultExpiresIn: found the number 1.5, expected a whole number',
    ],
    [
      'a wrong format',
      { checked: 'today' },
      'checked: found the string "today", expected a date: YYYY-MM-DD',
    ],
    ['null', { identity: null }, 'identity: found null, expected an object'],
    ['an empty list', { docs: [] }, 'docs: found an empty list, expected at least 1 entry'],
    ['an empty string', { name: '' }, 'name: found the string "", expected a string that is not empty'],
    ['a list for a string', { checked: ['2026', '11'] }, 'checked: found a list of 2, expected a string'],
    [
      'an object for a list',
      { docs: { page: 'https://acme.example/docs' } },
      'docs: found an object with "page", expected a list',
    ],
    [
      'a value of no kind that a choice has',
      { refresh: 'never' },
      'refresh: found the string "never", expected false or an object',
    ],
    [
      'a mistake in one shape of a choice',
      { refresh: { rotates: 'maybe' } },
      'refresh.rotates: found the string "maybe", expected true or false or "sometimes"',
    ],
    [
      'a mistake deep in one shape of a choice',
      { api: { ...acme.api, credential: { header: '', value: 'Bearer {accessToken}' } } },
      'api.credential.header: found the string "", expected a string that is not empty',
    ],
    [
      'a missing key',
      { token: { url: 'https://acme.example/token' } },
      'token.authentication: missing, expected one of "client_secret_basic", "client_secret_post", "none"',
    ],
    ['a missing object', { identity: undefined }, 'identity: missing, expected an object'],
    ['a missing choice', { refresh: undefined }, 'refresh: missing, expected false or an object'],
    [
      'a wrong protocol',
      { protocol: 'saml' },
      'protocol: found the string "saml", expected one of "oauth2", "oauth1", "plaid-link", "api-key"',
    ],
    [
      'a missing protocol',
      { protocol: undefined },
      'protocol: missing, expected one of "oauth2", "oauth1", "plaid-link", "api-key"',
    ],
    [
      'a name that cannot stand there',
      { params: { 'shop-name': { description: 'd', pattern: '^a$', example: 'a' } } },
      'params.shop-name: no name that can stand here; expected a camelCase name',
    ],
    [
      'a pattern with one end open',
      { params: { shop: { description: 'd', pattern: '[a-z]+', example: 'a' } } },
      'params.shop.pattern: found the string "[a-z]+", expected anchored: begins with ^ and ends with $, around all alternatives',
    ],
    [
      'a sign that looks for nothing',
      { api: { ...acme.api, expired: [{}] } },
      'api.expired.0: found an empty object, expected a status, values, words or a header to look for',
    ],
  ])('says what is wrong: %s', (_name, fields, message) => {
    expect(refusal({ ...acme, ...fields })).toBe(`acme OAuth failed: definition_invalid - ${message}`)
  })

  it.each<[string, object, string]>([
    [
      'a letter wrong',
      { authorization: { ...acme.authorization, pkse: 'required' } },
      'authorization.pkse: unknown key; did you mean "pkce"?',
    ],
    ['two letters swapped', { lifecylce: {} }, 'lifecylce: unknown key; did you mean "lifecycle"?'],
    [
      'snake case',
      { api: { ...acme.api, rate_limited: [] } },
      'api.rate_limited: unknown key; did you mean "rateLimited"?',
    ],
    [
      'a key of one shape of a choice',
      { api: { ...acme.api, credential: { heder: 'X-Key', value: '{accessToken}' } } },
      'api.credential.heder: unknown key; did you mean "header"?',
    ],
    [
      'a key inside a list',
      { discovery: [{ url: 'https://acme.example/', captures: {} }] },
      'discovery.0.captures: unknown key; did you mean "capture"?',
    ],
    [
      'a key inside a record',
      { params: { p: { description: 'd', pattern: '^a$', example: 'a', form: 'url' } } },
      'params.p.form: unknown key; did you mean "from"?',
    ],
    [
      'nothing like it',
      { identity: { ...acme.identity, bogus: 1, strange: 2 } },
      'identity.bogus, identity.strange: unknown keys; expected one of "request", "id", "name"',
    ],
    [
      'a key of another protocol',
      { requestToken: { url: 'https://acme.example/' } },
      'requestToken: unknown key; expected one of "$schema", "id", "name"',
    ],
    [
      'a name that does not read as one',
      { identity: { ...acme.identity, 'a\nb': 1 } },
      'identity."a\\nb": unknown key',
    ],
  ])('names the key that was meant: %s', (_name, fields, message) => {
    expect(refusal({ ...acme, ...fields })).toContain(`definition_invalid - `)
    expect(refusal({ ...acme, ...fields })).toContain(message)
  })

  it('knows the keys of each protocol', () => {
    const plaid = { ...acme, protocol: 'plaid-link', link: { creat: {} } }
    expect(refusal(plaid)).toContain('link.creat: unknown key; did you mean "create"?')
    expect(refusal(plaid)).toContain('authorization, refresh: unknown keys; expected one of')
    expect(refusal({ ...acme, protocol: 'api-key', credential: {} })).toContain(
      'credential: unknown key; did you mean "credentials"?',
    )
  })

  it('quotes no value at length', () => {
    const long = 'x'.repeat(5_000)
    for (const fields of [
      { id: `A${long}` },
      { checked: long },
      { [long]: 1 },
      { docs: { [long]: 1 } },
      { token: { ...acme.token, url: `{${long}` } },
    ]) {
      expect(refusal({ ...acme, ...fields })).not.toBe('accepted')
      expect(refusal({ ...acme, ...fields })).not.toMatch(/x{62}/)
    }
  })

  it('says how many mistakes it does not name', () => {
    const params = Object.fromEntries(Array.from({ length: 14 }, (_, i) => [`p${i}`, {}]))
    expect(refusal({ ...acme, params })).toMatch(/; and \d+ more$/)
  })

  it('takes what a JSON file holds, its schema included', () => {
    const text = `{ "$schema": "./node_modules/latchkey/provider.schema.json", ${JSON.stringify(acme).slice(1)}`
    const definition: unknown = JSON.parse(text)
    expect(defineProvider(definition)).toEqual(definition)
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
    ['bogus', { bogus: 1 }],
    ['token.bogus', { token: { ...acme.token, bogus: 1 } }],
    ['refresh.bogus', { refresh: { rotates: true, bogus: 1 } }],
    ['params.p.bogus', { params: { p: { ...param, bogus: 1 } } }],
    ['api.bogus', { api: { ...acme.api, bogus: 1 } }],
  ])('refuses an unknown key: %s', (path, fields) => {
    expect(refusal({ ...acme, ...fields })).toContain(`- ${path}: unknown key; expected one of "`)
  })

  it.each(['^a|b$', '^(a)|(b)$', '^a\\$'])('refuses %s, which is anchored at one end only', (pattern) => {
    expect(
      refusal({
        ...acme,
        params: { p: { ...param, pattern, example: pattern.endsWith('\\$') ? 'a$' : 'a' } },
      }),
    ).not.toBe('accepted')
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
