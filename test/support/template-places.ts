import { acmeAt } from './acme.ts'

const origin = 'https://acme.example'
const acme = acmeAt(origin)
const param = { description: 'd', pattern: '^[a-z]+$', example: 'abc' }
const chosen = { ...param, from: ['user', 'discovery'] }

/** The definition with one template at one place. */
export function withTemplate(place: string, template: string): object {
  const url = `${origin}/${template}`
  const basic = { ...acme.token, authentication: 'client_secret_basic' }
  const request = { url: `${origin}/x` }
  const places: Readonly<Record<string, object>> = {
    'authorization.url': { authorization: { url } },
    'authorization.params.x': { authorization: { ...acme.authorization, params: { x: template } } },
    'authorization.issuer.value': { authorization: { ...acme.authorization, issuer: { value: url } } },
    'callback.match.shop': { callback: { match: { shop: template } } },
    'token.url': { token: { ...acme.token, url } },
    'token.headers.x': { token: { ...acme.token, headers: { x: template } } },
    'token.params.x': { token: { ...acme.token, params: { x: template } } },
    'token.basicCredentials.username': {
      token: { ...basic, basicCredentials: { username: template, password: '' } },
    },
    'refresh.basicCredentials.password': {
      token: basic,
      refresh: { rotates: true, basicCredentials: { username: 'x', password: template } },
    },
    'revocation.basicCredentials.username': {
      revocation: {
        ...{ ...acme.revocation, authentication: 'client_secret_basic' },
        basicCredentials: { username: template, password: '' },
      },
    },
    'longLived.params.x': { longLived: { parameter: 'p', below: 3_600, params: { x: template } } },
    'refresh.params.x': { refresh: { rotates: true, params: { x: template } } },
    'revocation.params.x': { revocation: { ...acme.revocation, params: { x: template } } },
    'revocation.lookup.headers.x': {
      revocation: { ...acme.revocation, lookup: { ...request, headers: { x: template }, capture: {} } },
    },
    'discovery.0.form.x': { discovery: [{ ...request, form: { x: template } }] },
    'discovery.0.json.a.b.1': { discovery: [{ ...request, json: { a: { b: ['x', template] } } }] },
    'discovery.0.credential.value': {
      discovery: [{ ...request, credential: { header: 'x', value: template } }],
    },
    'discovery.0.choose.where.equals': {
      params: { site: chosen },
      discovery: [
        { ...request, choose: { param: 'site', list: '', id: 'id', where: { at: 'a', equals: template } } },
      ],
    },
    'identity.id': { identity: { id: template } },
    'identity.request.url': { identity: { request: { url }, id: 'id' } },
    'api.baseUrl': { api: { baseUrl: url } },
    'api.credential.value': { api: { ...acme.api, credential: { header: 'x', value: template } } },
    'api.credential.basic.password': {
      api: { ...acme.api, credential: { basic: { username: 'x', password: template } } },
    },
    'api.headers.x': { api: { ...acme.api, headers: { x: template } } },
    'api.query.x': { api: { ...acme.api, query: { x: template } } },
    'api.hosts.0': { api: { ...acme.api, hosts: [url] } },
    'history.resource': { history: { resource: `/x?${template}` } },
    'history.json.since': { history: { resource: '/x', json: { since: template } } },
    'params.p.default': { params: { p: { ...param, default: template } } },
    'derived.d.cases.0.value': {
      params: { p: param },
      derived: { d: { from: 'p', cases: [{ when: '^x$', value: template }] } },
    },
  }
  const fields = places[place]
  if (!fields) throw new Error(place)
  return fields
}

/** What each place can name besides params, written out here a second time. */
export const flowValues: readonly (readonly [place: string, ...names: string[]])[] = [
  ['authorization.url', 'clientId', 'redirectUri'],
  ['authorization.params.x', 'clientId', 'redirectUri'],
  ['authorization.issuer.value', 'clientId', 'redirectUri'],
  ['callback.match.shop'],
  ['token.url', 'clientId', 'clientSecret', 'redirectUri', 'scope'],
  ['token.headers.x', 'clientId', 'clientSecret', 'redirectUri', 'scope'],
  ['token.params.x', 'clientId', 'clientSecret', 'redirectUri', 'scope'],
  ['token.basicCredentials.username', 'clientId', 'clientSecret'],
  ['refresh.basicCredentials.password', 'clientId', 'clientSecret', 'accessToken'],
  ['revocation.basicCredentials.username', 'clientId', 'clientSecret', 'accessToken'],
  ['longLived.params.x', 'clientId', 'clientSecret', 'redirectUri', 'scope'],
  ['refresh.params.x', 'clientId', 'clientSecret', 'redirectUri', 'scope', 'accessToken', 'refreshToken'],
  ['revocation.params.x', 'clientId', 'clientSecret', 'redirectUri', 'accessToken', 'refreshToken'],
  ['revocation.lookup.headers.x', 'clientId', 'clientSecret', 'accessToken'],
  ['discovery.0.form.x', 'clientId', 'clientSecret', 'accessToken'],
  ['discovery.0.json.a.b.1', 'clientId', 'clientSecret', 'accessToken'],
  ['discovery.0.credential.value', 'clientId', 'clientSecret', 'accessToken'],
  ['identity.id'],
  ['identity.request.url', 'clientId', 'clientSecret', 'accessToken'],
  ['api.baseUrl'],
  ['api.credential.value', 'clientId', 'clientSecret', 'accessToken'],
  ['api.credential.basic.password', 'clientId', 'clientSecret', 'accessToken'],
  ['api.headers.x'],
  ['api.query.x'],
  ['api.hosts.0'],
  ['history.resource', 'since', 'until'],
  ['history.json.since', 'since', 'until'],
  ['params.p.default'],
]
