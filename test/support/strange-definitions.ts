import fc from 'fast-check'
import { z } from 'zod'
import * as index from '../../providers/index.ts'
import { defineProvider } from '../../src/provider/define.ts'
import type { ProviderDefinition } from '../../src/provider/definition.ts'
import { createProviderSchema } from '../../src/provider/schema.ts'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
const json: z.ZodType<Json> = z.json()
const schema = createProviderSchema(z)

const builtIns = index.providers.map((each) => json.parse(JSON.parse(JSON.stringify(each))))

/** A param of any value that comes from everywhere, so that nothing but the code stands between it and a request. */
const wild = ['url', 'host', 'text'].flatMap((format) =>
  ['^[\\s\\S]*$', '^[^]*$'].map((pattern, i) => ({
    name: `wild${format}${i}`,
    param: {
      description: 'anything',
      pattern,
      example: 'x',
      format,
      from: i === 0 ? ['user', 'callback', 'token', 'discovery'] : ['user', 'discovery'],
    },
  })),
)
const wildNames = wild.map(({ name }) => name)

const templates = [
  ...wildNames.flatMap((name) => [
    `{${name}}`,
    `https://{${name}}/x`,
    `https://a.example/{${name}}`,
    `{${name}}x`,
  ]),
  ...[
    'accessToken',
    'refreshToken',
    'clientId',
    'clientSecret',
    'redirectUri',
    'scope',
    'scopes',
    'since',
  ].map((name) => `{${name}}`),
  ...['userId', 'completionUri', 'linkToken', 'publicToken'].map((name) => `{${name}}`),
  'https://a.example/{since}?q={clientId}',
]
const paths = [
  ...[
    '',
    'a.b[0].c',
    'access_token',
    'data',
    'items',
    'items[0]',
    'list[x=1].id',
    'list[is_default=true]',
    '[0]',
  ],
  ...[
    'jwt(id_token).sub',
    'jwt(access_token).exp',
    'jwt(id_token)',
    '__proto__',
    'constructor.name',
    'a..b',
    '.',
  ],
]
const patterns = [
  '^$',
  '^[\\s\\S]*$',
  '^[^]*$',
  '^(?:a|b)$',
  '^\\u{1}$',
  '^x{0,9}$',
  '^(?!x).*$',
  '(.*)',
  '(?:)(.?)',
  '(a)?',
]
const urls = [
  ...[
    'https://a.example',
    'https://a.example/x?y=z#f',
    'https://a.example/%',
    'https://a.example/..',
    'https://xn--a',
  ],
  ...[
    'http://localhost:1/x',
    'https://[::1]/x',
    'https://A.EXAMPLE:443/',
    'https://a.example//x',
    'https://a.example?',
  ],
]
const odd = [
  ...[
    '',
    ' ',
    'x',
    '-',
    '{',
    '}',
    '{}',
    '{x',
    '/',
    '//',
    '/..',
    '?',
    '#',
    '\\',
    '%',
    '%zz',
    '\u00e9',
    '\u20ac',
  ],
  ...['\ud800', '\u0000', 'a\nb', 'a\r\nb', '\u{1f600}', 'x'.repeat(3_000), 'GET', 'host', 'Authorization'],
  ...[
    'content-length',
    'transfer-encoding',
    'cookie',
    'state',
    'code',
    'access_token',
    'error',
    '2026-11-21',
    '0',
  ],
]
const words = [
  ...[
    'required',
    'supported',
    'unsupported',
    'form',
    'json',
    'query',
    'none',
    'POST',
    'DELETE',
    'client_secret_basic',
  ],
  ...[
    'client_secret_post',
    'access_token',
    'refresh_token',
    'sometimes',
    'host',
    'url',
    'text',
    'grant',
    'account',
  ],
  ...[
    'unix-seconds',
    'unix-ms',
    'iso8601',
    'seconds',
    'ms',
    'hex',
    'base64',
    'form_post',
    'replacement-used',
  ],
  ...['refused', 'ends-grant', 'sunset', 'legacy', ','],
]

const scalar: fc.Arbitrary<Json> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...templates, ...urls) },
  { weight: 3, arbitrary: fc.constantFrom(...paths, ...patterns) },
  { weight: 3, arbitrary: fc.constantFrom(...odd) },
  { weight: 3, arbitrary: fc.constantFrom(...words) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<Json>(true, false, null, 0, 1, -1, 1.5, 128, 200, 401, 3_600, 2 ** 53 - 1),
  },
)

/** Whole parts at their places, for what a change of one value would seldom hit upon. */
const parts: readonly (readonly [path: string, value: Json])[] = [
  ['api.headers', { 'X-Wild': '{wildtext0}' }],
  ['api.headers', { 'X-Wild': '{wildurl0}', accept: '{wildtext1}' }],
  ['api.query', { wild: '{wildtext0}', host: '{wildhost0}' }],
  ['api.baseUrl', '{wildurl0}'],
  ['api.baseUrl', 'https://{wildhost0}/x/{wildtext0}'],
  ['api.baseUrl', 'https://a.example/?q='],
  ['api.credential', { header: 'X-Key', value: '{accessToken}{wildtext0}' }],
  ['api.credential', { basic: { username: '{wildtext0}', password: '{accessToken}' } }],
  ['api.credential', { json: 'token', headers: { 'X-Id': '{wildtext0}{clientId}' } }],
  ['api.hosts', [{ pattern: '^[^]*$' }, '{wildurl0}', 'https://{wildhost0}']],
  [
    'api.expired',
    [{ at: '[0].x', contains: 'x' }, { status: 200 }, { header: { name: '\u0000', value: 'x' } }],
  ],
  ['api.ended', [{ status: 200, header: { name: 'bad name', value: '' } }]],
  ['api.rateLimited', [{ status: 200 }, { at: '__proto__', values: ['x'] }]],
  ['api.rateLimitReset', { header: 'bad name', unit: 'iso8601' }],
  ['authorization.url', '{wildurl0}'],
  ['authorization.url', 'https://{wildhost0}/{wildtext0}'],
  ['authorization.params', { wild: '{wildtext0}', both: '{wildtext0}{wildurl0}' }],
  ['authorization.issuer', { value: '{wildurl0}', required: true }],
  ['authorization.issuer', { value: 'https://a.example/{wildtext0}' }],
  ['authorization.scopes', { default: ['\ud800', 'a b'], always: ['x'] }],
  ['authorization.stateMaxLength', 128],
  ['callback.match', { wildtext0: '{wildtext0}' }],
  ['callback.error', { code: ['code'], description: ['state'] }],
  ['token.headers', { 'X-Wild': '{wildtext0}' }],
  ['token.params', { wild: '{wildtext0}', scope: '{scope}' }],
  ['token.url', 'https://{wildhost0}/{wildtext0}'],
  ['token.url', '{wildurl0}'],
  ['token.body', 'query'],
  ['token.body', 'json'],
  ['token.authentication', 'client_secret_basic'],
  ['token.authentication', 'none'],
  ['token.basicCredentials', { username: '{clientSecret}', password: '{wildtext0}' }],
  ['token.method', 'GET'],
  ['tokenResponse.formEncoded', true],
  ['tokenResponse.fields', { accessToken: 'x', expiresAt: { at: 'expires_in', format: 'iso8601' } }],
  ['tokenResponse.fields', { expiresAt: { at: 'jwt(access_token).exp', format: 'unix-seconds' } }],
  ['tokenResponse.fields', { accessToken: ['access_token', 'id'], scope: '__proto__', expiresIn: 'a.b' }],
  ['tokenResponse.error', { when: { 'a.b': true, ok: false }, code: '[0]', description: 'error' }],
  ['tokenResponse.additionalTokens', { user: { at: '' }, bot: { at: 'constructor' } }],
  ['longLived', { parameter: 'x', below: 2 ** 53 - 1, headers: { 'X-Wild': '{wildtext0}' } }],
  ['refresh', { rotates: true, headers: { 'X-Wild': '{accessToken}{refreshToken}' } }],
  ['refresh', { rotates: 'sometimes', url: '{wildurl0}', body: 'query', method: 'GET' }],
  ['refresh', { rotates: false, transient: [{ status: 400 }], conflict: [{ status: 409 }, { status: 400 }] }],
  ['refresh', { rotates: true, lifetime: { idle: 2 ** 53 - 1, absolute: 1 }, reuse: { grace: 1 } }],
  ['revocation', { url: '{wildurl0}', authentication: 'access_token', token: 'none', body: 'none' }],
  [
    'revocation',
    {
      ...{
        url: 'https://a.example/{wildtext0}',
        authentication: 'none',
        token: 'access_token',
        method: 'GET',
      },
      ...{
        body: 'json',
        headers: { 'X-Wild': '{wildtext1}' },
        ends: 'grant',
        sharedWith: ['slack', '__proto__'],
      },
      lookup: { url: 'https://{wildhost0}/', capture: { wildtext0: ['', 'id'] } },
    },
  ],
  ['identity', { id: '{wildtext0}', name: '{wildurl0}' }],
  ['identity', { request: { url: '{wildurl0}', headers: { 'X-Wild': '{wildtext0}' } }, id: 'id', name: '' }],
  ['identity', { id: 'jwt(id_token).sub', name: ['jwt(access_token)', '[x=y]'] }],
  [
    'discovery',
    [
      {
        ...{ url: 'https://{wildhost0}/{wildtext0}', headers: { 'X-Wild': '{wildtext0}' }, required: true },
        json: { a: ['{wildtext0}', '{accessToken}', '{x'] },
        capture: { wildtext0: { at: ['', 'id'], extract: '(.)?' }, wildurl0: 'a[b=c]' },
        choose: {
          param: 'wildtext1',
          list: '',
          id: ['id', ''],
          name: 'name',
          where: { at: '', equals: '{wildtext0}' },
        },
      },
      { url: 'https://a.example/', form: { a: '{wildtext0}' }, credential: false, capture: {} },
    ],
  ],
]

interface Change {
  /** Which of the definition's places, of all in order. */
  readonly place: number
  readonly kind: 'replace' | 'wrap' | 'delete' | 'graft' | 'rename' | 'part'
  readonly value: Json
  /** For a graft: what is taken over from which built-in. */
  readonly donor: number
  readonly part: number
}

const change: fc.Arbitrary<Change> = fc.record({
  place: fc.nat(2_000),
  kind: fc.constantFrom(
    ...([
      'part',
      'part',
      'part',
      'part',
      'replace',
      'replace',
      'replace',
      'graft',
      'delete',
      'wrap',
      'rename',
    ] as const),
  ),
  value: scalar,
  donor: fc.nat(builtIns.length - 1),
  part: fc.nat(2_000),
})

/** A built-in after some changes, each of which the schema and `defineProvider` let pass. */
export const strangeDefinition: fc.Arbitrary<ProviderDefinition> = fc
  .record({
    base: fc.nat(builtIns.length - 1),
    wild: fc.subarray(wild, { minLength: 4 }),
    capture: fc.boolean(),
    changes: fc.array(change, { maxLength: 14, size: 'max' }),
  })
  .map(({ base, wild: added, capture, changes }) => {
    let best = accepted(builtIns[base] ?? null)
    if (!best) throw new Error('a built-in is not accepted')
    const attempt = (data: Json) => {
      best = accepted(data) ?? best
    }
    attempt(withWild(copy(best), added, capture))
    for (const each of changes) attempt(changed(copy(best), each))
    return best
  })

function copy(definition: ProviderDefinition): Json {
  return json.parse(JSON.parse(JSON.stringify(definition)))
}

function accepted(data: Json): ProviderDefinition | undefined {
  // The schema first: a refusal in words costs more than all the rest.
  if (!schema.safeParse(data).success) return undefined
  try {
    return defineProvider(data)
  } catch {
    return undefined
  }
}

function withWild(data: Json, added: typeof wild, capture: boolean): Json {
  if (!isObject(data)) return data
  const params = isObject(data.params) ? data.params : {}
  for (const { name, param } of added) params[name] = param
  data.params = params
  if (!capture) return data
  for (const place of ['callback', 'tokenResponse']) {
    if (place === 'callback' && data.protocol !== 'oauth2') continue
    const part = isObject(data[place]) ? data[place] : {}
    const captures = isObject(part.capture) ? part.capture : {}
    for (const { name } of added)
      captures[name] = place === 'callback' ? { parameter: name } : [name, 'access_token']
    part.capture = captures
    data[place] = part
  }
  return data
}

/** What no code reads but the documentation. */
const proseKeys = ['docs', 'setup', 'quirks', 'aliases', 'description', 'checked', 'category']

/** Every place of a value: the object or list that holds it and its key there. */
function places(value: Json, found: [Json[] | { [key: string]: Json }, string][] = []): typeof found {
  if (typeof value !== 'object' || value === null) return found
  for (const [key, inner] of Object.entries(value)) {
    if (proseKeys.includes(key)) continue
    found.push([value, key])
    places(inner, found)
  }
  return found
}

function changed(data: Json, { place, kind, value, donor, part }: Change): Json {
  if (kind === 'part') {
    const [path = '', inner = null] = parts[place % parts.length] ?? []
    setAt(data, path.split('.'), inner)
    return data
  }
  const all = places(data)
  const at = all[place % all.length]
  if (!at) return data
  const [holder, key] = at
  if (kind === 'graft') {
    const other = builtIns[donor] ?? null
    const theirs = places(other)
    // A part of another definition at its own place, or at this one.
    const from = theirs[part % theirs.length]
    if (!from) return data
    const inner = json.parse(Reflect.get(from[0], from[1]))
    if (place % 2 === 0) Reflect.set(holder, key, inner)
    else graftAtOwnPlace(data, other, from)
  } else if (kind === 'delete') Reflect.deleteProperty(holder, key)
  else if (kind === 'wrap') Reflect.set(holder, key, [Reflect.get(holder, key), value])
  else if (kind === 'rename' && !Array.isArray(holder) && typeof value === 'string')
    Object.defineProperty(holder, value, { value, enumerable: true, configurable: true, writable: true })
  else Reflect.set(holder, key, value)
  // A hole in a list is no JSON.
  return json.parse(JSON.parse(JSON.stringify(data)))
}

function graftAtOwnPlace(data: Json, other: Json, [holder, key]: [object, string]): void {
  const path = pathTo(other, holder)
  let at: Json = data
  for (const step of path ?? []) {
    if (!isObject(at)) return
    const next: Json | undefined = at[step]
    if (!isObject(next)) {
      at[step] = json.parse(pathValue(other, [...(path ?? []).slice(0, (path ?? []).indexOf(step) + 1)]))
      return
    }
    at = next
  }
  if (isObject(at)) at[key] = json.parse(Reflect.get(holder, key))
}

function setAt(data: Json, [key = '', ...rest]: readonly string[], value: Json): void {
  if (!isObject(data)) return
  if (rest.length === 0) data[key] = value
  else {
    if (!isObject(data[key])) data[key] = {}
    setAt(data[key] ?? null, rest, value)
  }
}

function pathTo(root: Json, target: object, path: readonly string[] = []): readonly string[] | undefined {
  if (root === target) return path
  if (typeof root !== 'object' || root === null) return undefined
  for (const [key, inner] of Object.entries(root)) {
    const found = pathTo(inner, target, [...path, key])
    if (found) return found
  }
  return undefined
}

function pathValue(root: Json, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, step) => Reflect.get(Object(at), step), root)
}

function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
