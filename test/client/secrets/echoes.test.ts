import { describe, expect, it } from 'vitest'
import { carriers, encodings } from './carriers.ts'
import type { Secrets } from './leak-search.ts'
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
