import { MockAgent } from 'undici'
import { describe, expect, it } from 'vitest'
import { json, known } from './provider.ts'
import { codesOf, stage } from './scene.ts'

const { scene, origin } = stage()

const everything = (request: unknown, init: unknown) =>
  `could not send ${String(request)} ${JSON.stringify(init)} ${Object.values(known).join(' ')}`

const brokenFetches: Readonly<Record<string, (request: unknown, init: unknown) => unknown>> = {
  'an error that quotes the request': (request, init) => new TypeError(everything(request, init)),
  'an error with the request on it': (request, init) =>
    Object.assign(new Error('failed'), {
      request,
      init,
      config: { url: request, data: init },
      code: 'ECONNRESET',
    }),
  'a chain of causes': (request, init) =>
    new TypeError('fetch failed', {
      cause: Object.assign(new Error(everything(request, init), { cause: everything(request, init) }), {
        code: 'ENOTFOUND',
        hostname: everything(request, init),
      }),
    }),
  'an error whose code is a sentence': (request, init) =>
    Object.assign(new Error('failed'), { code: everything(request, init), name: everything(request, init) }),
  'a string': (request, init) => everything(request, init),
  'an AggregateError': (request, init) =>
    new AggregateError([new Error(everything(request, init))], 'all failed'),
}

describe('requests that get no answer', () => {
  it.each(Object.keys(brokenFetches))('a fetch of the application that throws %s', async (kind) => {
    for (const body of ['form', 'json', 'query'] as const) {
      for (const broken of ['/token', '/api', '/me', '/org', '/revoke', '/'] as const) {
        const { live, leaks, said } = scene({
          body,
          options: {
            fetch: async (request, init) => {
              if (String(request).startsWith(`${origin()}${broken}`))
                throw brokenFetches[kind]?.(request, init)
              return globalThis.fetch(request, init)
            },
          },
        })
        await live()
        expect(codesOf(said)).toContain('network')
        expect(leaks()).toEqual([])
        expect(
          said.filter(
            ({ value }) => typeof value === 'object' && value !== null && 'not an OAuthError' in value,
          ),
        ).toEqual([])
      }
    }
  })

  it.each(['exchange', 'refresh', 'revocation', 'discovery', 'identity', 'api'] as const)(
    'a reset at the %s',
    async (at) => {
      const { live, leaks, said } = scene({ at, body: 'query', misbehave: () => 'reset' })
      await live()
      expect(codesOf(said)).toContain('network')
      expect(leaks()).toEqual([])
    },
  )

  it.each(['exchange', 'refresh', 'revocation', 'identity', 'api'] as const)(
    'silence at the %s',
    async (at) => {
      const { live, leaks, said } = scene({
        at,
        body: 'query',
        misbehave: () => 'hang',
        options: { timeout: 150 },
      })
      await live()
      expect(codesOf(said)).toContain('timeout')
      expect(leaks()).toEqual([])
    },
  )

  it('a dispatcher whose errors quote the path with its query', async () => {
    const dispatcher = new MockAgent()
    dispatcher.disableNetConnect()
    const { live, leaks, said } = scene({ body: 'query', options: { dispatcher } })
    await live()
    await dispatcher.close()
    expect(codesOf(said)).toContain('network')
    expect(leaks()).toEqual([])
  })

  it('a token that fits no header', async () => {
    const odd = 'at-€-0123456789-abcdef'
    const { live, leaks, said, secrets } = scene({
      at: 'exchange',
      misbehave: () => json(200, { access_token: odd, refresh_token: known.refreshToken }),
    })
    secrets.odd = odd
    await live()
    expect(leaks()).toEqual([])
    expect(
      said.filter(({ value }) => typeof value === 'object' && value !== null && 'not an OAuthError' in value),
    ).toEqual([])
  })
})
