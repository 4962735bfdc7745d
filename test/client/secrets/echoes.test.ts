import { describe, expect, it } from 'vitest'
import type { Answer } from '../../support/provider-server.ts'
import { formsOf, type Secrets } from './leak-search.ts'
import { json, known, type Place } from './provider.ts'
import { codesOf, ref, stage } from './scene.ts'

const { scene } = stage()

/** What each request can know: what it was sent, and what the flow holds by then. */
const echoed: Readonly<Record<Place, readonly string[]>> = {
  exchange: ['clientSecret', 'code', 'verifier'],
  'required discovery': ['accessToken', 'refreshToken', 'clientSecret', 'code', 'verifier'],
  discovery: ['accessToken', 'refreshToken', 'clientSecret', 'code', 'verifier'],
  identity: ['accessToken', 'refreshToken', 'clientSecret', 'code', 'verifier'],
  refresh: ['clientSecret', 'refreshToken', 'accessToken'],
  // By then the connection has been refreshed once.
  revocation: ['clientSecret', 'nextRefreshToken', 'nextAccessToken'],
  api: [],
}

const base64 = (text: string) => Buffer.from(text).toString('base64')
const encodings: Readonly<Record<string, (secret: string) => string>> = {
  raw: (secret) => secret,
  'percent-encoded': encodeURIComponent,
  'percent-encoded in lower case': (secret) => formsOf(secret)['percent, lower case'] ?? '',
  'percent-encoded by RFC 3986': (secret) => formsOf(secret)['percent, strict'] ?? '',
  'form-encoded': (secret) => formsOf(secret).form ?? '',
  Base64: base64,
  Base64url: (secret) => Buffer.from(secret).toString('base64url'),
}

const escapeHtml = (text: string) =>
  text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;')
const html = (status: number, title: string): Answer => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: `<!doctype html><title>${escapeHtml(title)}</title><p>${escapeHtml(title)}</p>`,
})

const carriers: Readonly<Record<string, (echo: string) => Answer>> = {
  'error_description of a 400': (echo) => json(400, { error: 'invalid_request', error_description: echo }),
  'error of a 400': (echo) => json(400, { error: echo }),
  'description of an invalid_grant': (echo) => json(400, { error: 'invalid_grant', error_description: echo }),
  'an error object under HTTP 200': (echo) => json(200, { error: { code: echo, message: echo } }),
  'message of a 503': (echo) => json(503, { error: 'busy', message: echo }),
  'a 429': (echo) => json(429, { error: 'slow_down', error_description: echo }, { 'retry-after': '1' }),
  'the title of a page': (echo) => html(500, echo),
  'the end of a long title': (echo) => html(200, `${'sorry '.repeat(64)}${echo}`),
  'the cut of a long description': (echo) =>
    json(400, { error: 'invalid_request', error_description: `${'sorry '.repeat(81)}${echo}` }),
  'the address of a redirect': (echo) => ({
    status: 302,
    headers: { location: `/next?${encodeURIComponent(echo)}` },
  }),
  headers: (echo) =>
    json(401, {}, { 'x-echo': encodeURI(echo), 'www-authenticate': `Bearer error="${encodeURI(echo)}"` }),
  'plain words': (echo) => ({ status: 400, headers: { 'content-type': 'text/plain' }, body: `No: ${echo}` }),
  'half a JSON': (echo) => ({ status: 200, body: `{"access_token":${JSON.stringify(echo)},` }),
  'a token of a wrong type': (echo) =>
    json(200, { access_token: { value: echo }, id: { value: echo }, name: [echo] }),
  'a token with a control character': (echo) =>
    json(200, { access_token: `${echo}\n`, refresh_token: `${echo}\n` }),
  'more than 1 MiB': (echo) =>
    json(200, { error: echo, padding: echo.repeat(Math.ceil(2 ** 20 / echo.length)) }),
}

const failing = Object.keys(echoed).filter((place): place is Exclude<Place, 'api'> => place !== 'api')

describe.each(failing)('a provider that echoes secrets at the %s', (at) => {
  it.each(Object.keys(carriers))('in %s', async (carrier) => {
    const found: Record<string, string[]> = {}
    for (const [encoding, encode] of Object.entries(encodings)) {
      const echo = (secrets: Secrets) => echoed[at].map((name) => encode(secrets[name] ?? '')).join(' ')
      const { live, leaks, said } = scene({
        at,
        misbehave: (_arrived, secrets) => carriers[carrier]?.(echo(secrets)) ?? {},
      })
      await live()
      expect(said.length).toBeGreaterThan(5)
      const here = leaks()
      if (here.length > 0) found[encoding] = here
    }
    expect(found).toEqual({})
  })

  it.each([
    { authentication: 'client_secret_basic', body: 'form' },
    { authentication: 'client_secret_post', body: 'form' },
    { authentication: 'client_secret_post', body: 'json' },
    { authentication: 'client_secret_post', body: 'query' },
  ] as const)('by repeating the request: $authentication, $body', async (style) => {
    const found: Record<string, string[]> = {}
    for (const carrier of [
      'error_description of a 400',
      'the title of a page',
      'error of a 400',
      'message of a 503',
    ]) {
      const { live, leaks, said } = scene({
        ...style,
        at,
        misbehave: ({ headers, path, body }) =>
          carriers[carrier]?.(`${headers.authorization ?? ''} ${body} ${path}`) ?? {},
      })
      await live()
      expect(codesOf(said).length).toBeGreaterThan(0)
      const here = leaks()
      if (here.length > 0) found[carrier] = here
    }
    expect(found).toEqual({})
  })

  it('by naming tokens beside an error', async () => {
    const { live, leaks } = scene({
      at,
      misbehave: () =>
        json(400, {
          error: 'invalid_request',
          error_description: `not ${known.nextAccessToken}, ${known.nextRefreshToken} or ${known.idToken}`,
          access_token: known.nextAccessToken,
          refresh_token: known.nextRefreshToken,
          id_token: known.idToken,
        }),
    })
    await live()
    expect(leaks()).toEqual([])
  })
})

describe('words that a provider gives for good', () => {
  it('an account named after the secrets', async () => {
    const found: Record<string, string[]> = {}
    for (const [encoding, encode] of Object.entries(encodings)) {
      const { live, leaks } = scene({
        at: 'identity',
        misbehave: (_arrived, secrets) => {
          const echo = echoed.identity.map((name) => encode(secrets[name] ?? '')).join(' ')
          return json(200, { id: echo, name: echo })
        },
      })
      await live()
      if (leaks().length > 0) found[encoding] = leaks()
    }
    expect(found).toEqual({})
  })

  it('a denial that quotes the code', async () => {
    const { client, said, note, leaks } = scene({})
    for (const encode of Object.values(encodings)) {
      const { state } = await client.authorize(ref)
      const query = new URLSearchParams({
        error: 'access_denied',
        error_description: `no ${encode(known.code)}`,
        code: known.code,
        state,
      })
      await note('denied', () => client.callback(query))
    }
    expect(codesOf(said)).toEqual(Object.keys(encodings).map(() => 'authorization_denied'))
    expect(leaks()).toEqual([])
  })
})
