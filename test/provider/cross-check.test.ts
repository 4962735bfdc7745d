import { describe, expect, it } from 'vitest'
import { defineProvider, isOAuthError } from '../../src/index.ts'
import { acmeAt } from '../support/acme.ts'
import { flowValues, withTemplate } from '../support/template-places.ts'

const origin = 'https://acme.example'
const acme = acmeAt(origin)
const param = { description: 'd', pattern: '^[a-z]+$', example: 'abc' }
const chosen = { ...param, from: ['user', 'discovery'] }

const { authorization: _authorization, token: _token, refresh: _refresh, ...plain } = acme
const plaidLike = {
  ...plain,
  protocol: 'plaid-link',
  link: {
    create: { url: `${origin}/create`, json: { user: { id: '{userId}' }, products: '{scopes}' } },
    update: { url: `${origin}/update`, json: { token: '{accessToken}', back: '{completionUri}' } },
    token: 'link_token',
    url: 'hosted_link_url',
    session: { url: `${origin}/session`, json: { token: '{linkToken}' } },
    publicToken: 'public_token',
    finished: 'finished_at',
    exit: { at: 'exit', code: 'status' },
    scopes: { default: ['transactions'] },
  },
  token: { url: `${origin}/exchange`, json: { token: '{publicToken}', id: '{clientId}' } },
}

/** The message of the refusal, without its beginning. */
function refusal(fields: object, base: object = acme): string {
  try {
    defineProvider(JSON.parse(JSON.stringify({ ...base, ...fields })))
  } catch (error) {
    if (!isOAuthError(error)) throw error
    expect(error.code).toBe('definition_invalid')
    return error.message.replace(/^acme OAuth failed: definition_invalid - /, '')
  }
  return 'accepted'
}

const allNames = [
  ...['clientId', 'clientSecret', 'redirectUri', 'scope', 'accessToken', 'refreshToken', 'since', 'userId'],
  ...['scopes', 'completionUri', 'linkToken', 'publicToken', 'code', 'state', 'nope', 'constructor'],
]

describe('placeholders', () => {
  it.each(flowValues)('%s is filled with nothing but %s %s %s %s %s %s', (place, ...names) => {
    for (const name of allNames) {
      const message = refusal(withTemplate(place, `{${name}}`))
      if (names.includes(name)) expect(message, name).toBe('accepted')
      else expect(message, name).toContain(`${place}: nothing is called "${name}"`)
    }
  })

  it('says what can stand there', () => {
    expect(refusal(withTemplate('api.credential.value', 'Bearer {token}'))).toBe(
      'api.credential.value: nothing is called "token"; what can stand here: {clientId}, {clientSecret}, {accessToken}',
    )
    expect(refusal({ params: { shop: param }, api: { baseUrl: 'https://{shp}.acme.example' } })).toBe(
      'api.baseUrl: nothing is called "shp"; what can stand here: {shop}',
    )
  })

  it('takes params and derived values anywhere', () => {
    for (const [place] of flowValues) {
      if (place.startsWith('params.')) continue
      const own = {
        params: { p: param },
        derived: { d: { from: 'p', cases: [{ when: '^.*$', value: '{p}' }] } },
      }
      for (const name of ['p', 'd'])
        expect(refusal({ ...own, ...withTemplate(place, `{${name}}`) }), place).toBe('accepted')
    }
  })

  it('checks a derived value where it is used, since it can be made from the flow’s own', () => {
    const own = {
      params: { p: param },
      derived: { back: { from: 'p', cases: [{ when: '^.*$', value: '{redirectUri}?{p}' }] } },
    }
    expect(refusal({ ...own, ...withTemplate('token.params.x', '{back}') })).toBe('accepted')
    expect(refusal({ ...own, ...withTemplate('api.query.x', '{back}') })).toBe(
      'api.query.x: "back" is made from "redirectUri", which nothing fills here',
    )
    expect(refusal(withTemplate('derived.d.cases.0.value', '{nope}'))).toContain(
      'derived.d.cases.0.value: nothing is called "nope"',
    )
  })

  it('fills only whole strings of a JSON body: GraphQL is full of braces', () => {
    for (const text of ['{shop {name}}', 'query {nope}', '{ nope }', '{nope} ', '{a}{b}'])
      expect(refusal(withTemplate('discovery.0.json.a.b.1', text)), text).toBe('accepted')
    expect(refusal(withTemplate('discovery.0.json.a.b.1', '{nope}'))).toContain('nothing is called "nope"')
  })

  it('looks for none in prose, patterns, paths and parameter names', () => {
    expect(
      refusal({
        quirks: ['the host is {subdomain}.acme.example'],
        setup: { console: origin, register: 'an app at {tenant}', redirectUri: 'no {wildcard}' },
        lifecycle: { status: 'legacy', since: '2026-01-01', source: origin, note: '{version} ends' },
        params: { p: { ...param, pattern: '^(?:[a-z]|{x})+$', description: '{words}' } },
        tokenResponse: { capture: { p: { at: 'id', extract: '^(.{x})$' } } },
        callback: { capture: { p: { parameter: '{p}' } } },
        api: { ...acme.api, expired: [{ contains: '{token}' }], hosts: [{ pattern: '^https://{x}$' }] },
      }),
    ).toBe('accepted')
  })

  it.each([
    ['create', 'clientId', 'clientSecret', 'userId', 'scopes', 'completionUri'],
    ['update', 'clientId', 'clientSecret', 'userId', 'scopes', 'completionUri', 'accessToken'],
    ['session', 'clientId', 'clientSecret', 'linkToken'],
    ['token', 'clientId', 'clientSecret', 'publicToken'],
  ])('a %s request of a Plaid Link is filled with nothing but %s %s %s %s %s %s', (request, ...names) => {
    expect(refusal({}, plaidLike)).toBe('accepted')
    for (const name of allNames) {
      const part = { url: `${origin}/x`, json: { a: [`{${name}}`] } }
      const fields = request === 'token' ? { token: part } : { link: { ...plaidLike.link, [request]: part } }
      const message = refusal(fields, plaidLike)
      if (names.includes(name)) expect(message, name).toBe('accepted')
      else expect(message, name).toContain(`.json.a.0: nothing is called "${name}"`)
    }
  })
})

describe('params', () => {
  it.each<[string, object, string]>([
    [
      'of the callback',
      { callback: { capture: { nope: { parameter: 'x' } } } },
      'callback.capture.nope: there is no param "nope"; there are none',
    ],
    [
      'of the token response',
      { params: { site: param }, tokenResponse: { capture: { nope: 'x' } } },
      'tokenResponse.capture.nope: there is no param "nope"; there are "site"',
    ],
    [
      'of a longer value',
      { tokenResponse: { capture: { nope: { at: 'x', extract: '(.)' } } } },
      'tokenResponse.capture.nope: there is no param "nope"',
    ],
    [
      'of a discovery',
      { discovery: [{ url: `${origin}/x`, capture: { nope: 'x' } }] },
      'discovery.0.capture.nope: there is no param "nope"',
    ],
    [
      'of a lookup',
      { revocation: { ...acme.revocation, lookup: { url: `${origin}/x`, capture: { nope: 'x' } } } },
      'revocation.lookup.capture.nope: there is no param "nope"',
    ],
    [
      'named like what every object inherits',
      { tokenResponse: { capture: { constructor: 'x' } } },
      'tokenResponse.capture.constructor: there is no param "constructor"',
    ],
  ])('are declared before they are captured: %s', (_name, fields, message) => {
    expect(refusal(fields)).toContain(message)
  })

  it.each<[string, unknown, string]>([
    ['unknown', undefined, 'there is no param "site"'],
    ['given only', param, 'params.site.from must hold both "user" and "discovery"'],
    ['found only', { ...param, from: 'discovery' }, 'params.site.from must hold both'],
    ['captured from elsewhere', { ...param, from: ['user', 'callback'] }, 'params.site.from must hold both'],
    ['right', chosen, 'accepted'],
  ])('of a choice are given or discovered: %s', (_name, site, message) => {
    const discovery = [{ url: `${origin}/x`, choose: { param: 'site', list: '', id: 'id' } }]
    const found = refusal({ ...(site !== undefined && { params: { site } }), discovery })
    expect(found).toContain(message)
    if (message !== 'accepted') expect(found).toMatch(/^discovery\.0\.choose\.param: /)
  })

  it.each<[string, object, string]>([
    [
      'an example that does not fit',
      { params: { p: { ...param, example: 'ABC' } } },
      'params.p.example: does not match its pattern',
    ],
    [
      'a default that does not fit',
      { params: { p: { ...param, default: 'ABC' } } },
      'params.p.default: does not match its pattern',
    ],
    [
      'a value that follows from nothing',
      { params: { p: param }, derived: { d: { from: 'q', cases: [{ when: '^x$', value: 'y' }] } } },
      'derived.d.from: there is no param "q"; there are "p"',
    ],
    [
      'scopes that hang on nothing',
      {
        params: { p: param },
        authorization: { ...acme.authorization, scopes: { default: ['a'], unless: 'q' } },
      },
      'authorization.scopes.unless: there is no param "q"; there are "p"',
    ],
    [
      'one name for two things',
      { params: { p: param }, derived: { p: { from: 'p', cases: [{ when: '^x$', value: 'y' }] } } },
      'derived.p: there is a param of this name',
    ],
    [
      'the name of a secret',
      { params: { accessToken: param } },
      'params.accessToken: the name of a value of the flow',
    ],
    [
      'a default that names itself',
      { params: { p: { ...param, default: 'x{p}' } } },
      'params.p.default: leads back to itself',
    ],
    [
      'a circle',
      {
        params: { p: { ...param, default: '{d}' } },
        derived: { d: { from: 'p', cases: [{ when: '^x$', value: 'y' }] } },
      },
      'params.p.default: leads back to itself',
    ],
  ])('refuses %s', (_name, fields, message) => {
    expect(refusal(fields)).toContain(message)
  })
})

describe('what could never be sent', () => {
  it.each<[string, object, string]>([
    [
      'http',
      { token: { ...acme.token, url: 'http://acme.example/token' } },
      'token.url: only https is accepted',
    ],
    ['no host', { api: { baseUrl: 'https://' } }, 'api.baseUrl: not an absolute URL'],
    ['a user name', { api: { ...acme.api, hosts: ['https://a@b.example'] } }, 'api.hosts.0: the URL holds'],
    [
      'a header with a space in its name',
      { api: { ...acme.api, headers: { 'X Key': 'y' } } },
      'api.headers.X Key: no name of a header',
    ],
    [
      'a header with a line break',
      { token: { ...acme.token, headers: { accept: 'a\r\nb: c' } } },
      'token.headers.accept: no value of a header',
    ],
    [
      'a credential under a name that is none',
      { api: { ...acme.api, credential: { header: 'X:Key', value: '{accessToken}' } } },
      'api.credential.header: no name of a header',
    ],
  ])('refuses %s', (_name, fields, message) => {
    expect(refusal(fields)).toContain(message)
  })

  it('refuses a body that is not JSON, and one that holds itself', () => {
    const circle: Record<string, unknown> = {}
    circle.again = { circle }
    const bodyOf = (json: object) => ({ ...acme, discovery: [{ url: `${origin}/x`, json }] })
    const wrong: readonly (readonly [object, string])[] = [
      [circle, 'discovery.0.json.again.circle.again: holds itself'],
      [{ n: 10n }, 'discovery.0.json.n: not JSON'],
      [{ n: Number.NaN }, 'discovery.0.json.n: not JSON'],
      [{ at: new Date(0) }, 'discovery.0.json.at: not JSON'],
      [{ call: () => 1 }, 'discovery.0.json.call: not JSON'],
    ]
    for (const [json, message] of wrong) expect(() => defineProvider(bodyOf(json))).toThrow(message)
  })
})
