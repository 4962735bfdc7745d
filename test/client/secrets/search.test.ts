import { describe, expect, it } from 'vitest'
import { OAuthError } from '../../../src/errors/oauth-error.ts'
import { createLeakSearch, formsOf } from './leak-search.ts'
import { known } from './provider.ts'
import { codesOf, stage } from './scene.ts'
import { withoutCause } from './without-cause.ts'

const { scene } = stage()
const base64 = (text: string) => Buffer.from(text).toString('base64')

// A search that finds nothing proves nothing, so it is tested too.
describe('the search', () => {
  const search = createLeakSearch({ token: known.accessToken })
  const forms = Object.entries(formsOf(known.accessToken))

  it.each(forms)('knows the form: %s', (_form, text) => {
    expect(search.inText('text', `before ${text} after`)).toMatchObject([{ where: 'text', secret: 'token' }])
  })

  it('finds Base64 whatever stands around the secret', () => {
    for (const before of ['', 'a', 'ab', 'abc', 'client-1:'])
      for (const after of ['', 'z', 'yz', 'xyz']) {
        const text = base64(`${before}${known.accessToken}${after}`)
        expect(search.inText('text', text)).toHaveLength(1)
        expect(search.inText('text', text.replace(/\+/g, '-').replace(/\//g, '_'))).toHaveLength(1)
      }
  })

  it('finds a part of a secret, and not a shorter one', () => {
    expect(search.inText('text', known.accessToken.slice(0, 12))).toHaveLength(1)
    expect(search.inText('text', known.accessToken.slice(-12))).toHaveLength(1)
    expect(search.inText('text', known.accessToken.slice(0, 8))).toEqual([])
  })

  const carried: Readonly<Record<string, (text: string) => unknown>> = {
    'a message': (text) => new Error(text),
    'a cause': (text) => new Error('x', { cause: new Error('y', { cause: text }) }),
    'a stack': (text) => Object.assign(new Error('x'), { stack: text }),
    'a hidden property': (text) => Object.defineProperty(new Error('x'), 'hidden', { value: text }),
    'a symbol': (text) => Object.assign(new Error('x'), { [Symbol('s')]: { deep: text } }),
    'a getter': (text) => Object.defineProperty({}, 'later', { get: () => text }),
    'a key': (text) => ({ [text]: 1 }),
    'a Map': (text) => new Map([['a', new Set([text])]]),
    bytes: (text) => ({ body: Buffer.from(text) }),
    'a URL': (text) => ({ at: new URL(`https://x.example/?t=${encodeURIComponent(text)}`) }),
    'what toJSON gives': (text) => ({ toJSON: () => text }),
    'an AggregateError': (text) => new AggregateError([new Error(text)]),
  }
  it.each(Object.keys(carried))('looks into %s', (carrier) => {
    expect(search.inValue('it', carried[carrier]?.(known.accessToken)).length).toBeGreaterThan(0)
    expect(search.inValue('it', carried[carrier]?.('harmless'))).toEqual([])
  })

  it('passes over the cause of an error, and nothing else of it', () => {
    const cause = new Error(known.accessToken)
    const told = (details: { detail?: string; hint?: string }) =>
      search.inValue('it', withoutCause(new OAuthError({ code: 'hook_failed', cause, ...details })))
    expect(told({})).toEqual([])
    expect(told({ detail: known.accessToken }).length).toBeGreaterThan(0)
    expect(told({ hint: known.accessToken }).length).toBeGreaterThan(0)
    expect(search.inValue('it', new OAuthError({ code: 'hook_failed', cause })).length).toBeGreaterThan(0)
  })

  it('hears hooks, the console, warnings and diagnostics of a scene', async () => {
    const leaky = scene({
      options: {
        hooks: {
          onConnected: () => {
            console.warn(`connected with ${known.accessToken}`)
            process.emitWarning(`warned of ${known.refreshToken}`)
            // A hook's own error is passed on as the cause: what the application puts there comes out.
            throw new Error(known.code)
          },
        },
      },
    })
    await leaky.live()
    const found = leaky.leaks()
    expect(found).toContain('console.warn: accessToken (raw)')
    expect(found).toContain('process warning: refreshToken (raw)')
    expect(found).toContain('onError: code (raw)')
  })

  it('is quiet about a life without failure', async () => {
    const { live, leaks, said } = scene({})
    await live()
    expect(codesOf(said)).toEqual(['state_replayed'])
    expect(said.map(({ where }) => where)).toContain('onDisconnected')
    expect(leaks()).toEqual([])
  })
})
