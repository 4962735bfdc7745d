import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isOAuthError } from '../../src/errors/oauth-error.ts'
import { createKeyring } from '../../src/state/keyring.ts'
import {
  buildOAuthState,
  openState,
  parseOAuthState,
  sealState,
  stateLifetime,
} from '../../src/state/oauth-state.ts'

const secret = 'state-test-secret-of-32-bytes-or-more'
const other = 'another-state-secret-of-32-bytes-or-more'
const keyring = createKeyring(secret)
const now = Date.UTC(2026, 10, 21)

const words = fc.string({ unit: 'binary', maxLength: 40 })
const names = fc.oneof(words, fc.constantFrom('__proto__', 'constructor', 'toString', ''))
const payload = fc.record(
  {
    provider: words,
    tenantId: words,
    userId: words,
    connectionId: words,
    redirectPath: words,
    params: fc
      .uniqueArray(fc.tuple(names, words), { selector: ([name]) => name, minLength: 1, maxLength: 4 })
      .map((all) => Object.fromEntries(all)),
    scopes: fc.array(words, { maxLength: 4 }),
    bindingHash: words,
    clientFingerprint: words,
    nonce: fc
      .uint8Array({ minLength: 16, maxLength: 16 })
      .map((bytes) => Buffer.from(bytes).toString('base64url')),
    issuedAt: fc.date({ min: new Date(0), max: new Date(2 ** 47), noInvalidDate: true }),
  },
  { requiredKeys: [] },
)

function codeOf(run: () => unknown): string {
  try {
    run()
    return 'opened'
  } catch (error) {
    if (!isOAuthError(error)) throw error
    return error.code
  }
}

describe('a sealed state', () => {
  it('gives back whatever was sealed, absent fields included', () => {
    fc.assert(
      fc.property(payload, (given) => {
        const at = given.issuedAt?.getTime() ?? now
        const opened = openState(sealState(given, keyring, now), keyring, at).payload
        expect(opened).toEqual({ ...given, nonce: opened.nonce, issuedAt: new Date(at) })
        if (given.nonce !== undefined) expect(opened.nonce).toBe(given.nonce)
        expect(Buffer.from(opened.nonce, 'base64url')).toHaveLength(16)
      }),
    )
  })

  it('is letters, digits, ".", "_" and "-" only', () => {
    fc.assert(fc.property(payload, (given) => /^[A-Za-z0-9._-]+$/.test(sealState(given, keyring, now))))
  })

  it('is another one each time, with another nonce', () => {
    const all = Array.from({ length: 50 }, () => buildOAuthState({ tenantId: 't' }, secret))
    expect(new Set(all).size).toBe(50)
    expect(new Set(all.map((each) => parseOAuthState(each, secret).nonce)).size).toBe(50)
  })

  it('does not open once any single character is another', () => {
    const alphabet = [
      ...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-=+/ \u00e9\u{1f600}',
    ]
    fc.assert(
      fc.property(payload, fc.nat(), fc.constantFrom(...alphabet), (given, at, replacement) => {
        const state = sealState(given, keyring, now)
        const place = at % state.length
        fc.pre(state[place] !== replacement)
        const altered = state.slice(0, place) + replacement + state.slice(place + 1)
        expect(codeOf(() => openState(altered, keyring, now))).toBe('state_invalid')
      }),
      { numRuns: 500 },
    )
  })

  it('does not open at any place of one state, whichever character changes', () => {
    const state = sealState({ tenantId: 't1' }, keyring, now)
    for (let place = 0; place < state.length; place++)
      for (const replacement of 'Aa0B1_-.') {
        if (state[place] === replacement) continue
        const altered = state.slice(0, place) + replacement + state.slice(place + 1)
        expect(
          codeOf(() => openState(altered, keyring, now)),
          `${place} ${replacement}`,
        ).toBe('state_invalid')
      }
  })

  it('does not open when cut, lengthened or doubled', () => {
    const state = sealState({ tenantId: 't1', userId: 'u1' }, keyring, now)
    for (let length = 1; length < state.length; length++) {
      expect(codeOf(() => openState(state.slice(0, length), keyring, now))).toBe('state_invalid')
      expect(codeOf(() => openState(state.slice(length), keyring, now))).toBe('state_invalid')
    }
    for (const wrong of [
      `${state}A`,
      `${state}=`,
      `${state}==`,
      ` ${state}`,
      `${state} `,
      `${state}\n`,
      state + state,
    ])
      expect(codeOf(() => openState(wrong, keyring, now))).toBe('state_invalid')
  })

  it('never opens what nobody sealed, and says so in its own error', () => {
    const head = `${keyring.currentKeyId}.`
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.string().map((text) => head + text),
        ),
        (text) => {
          expect(codeOf(() => openState(text, keyring, now))).toBe(
            text === '' ? 'state_missing' : 'state_invalid',
          )
        },
      ),
    )
  })

  it('does not open what was sealed for tokens, with the same associated text', () => {
    const sealed = keyring.seal('tokens', Buffer.alloc(60, 1), Buffer.from('latchkey state'))
    expect(codeOf(() => openState(sealed, keyring, now))).toBe('state_invalid')
  })

  it('does not open under another secret', () => {
    const state = buildOAuthState({ tenantId: 't1' }, secret)
    expect(codeOf(() => parseOAuthState(state, other))).toBe('state_invalid')
    // The other secret under the first one's key id.
    const forged = `${keyring.currentKeyId}.${buildOAuthState({ tenantId: 't1' }, other).split('.')[1]}`
    expect(codeOf(() => parseOAuthState(forged, secret))).toBe('state_invalid')
  })

  it('opens under a list that begins with a newer secret, and new ones are sealed by the first', () => {
    const old = buildOAuthState({ tenantId: 't1' }, secret)
    expect(parseOAuthState(old, [other, secret]).tenantId).toBe('t1')
    const fresh = buildOAuthState({ tenantId: 't2' }, [other, secret])
    expect(parseOAuthState(fresh, other).tenantId).toBe('t2')
    expect(codeOf(() => parseOAuthState(fresh, secret))).toBe('state_invalid')
  })

  it('lives ten minutes by the clock that opens it', () => {
    const state = sealState({ tenantId: 't1', redirectPath: '/back' }, keyring, now)
    expect(openState(state, keyring, now + stateLifetime).payload.tenantId).toBe('t1')
    expect(codeOf(() => openState(state, keyring, now + stateLifetime + 1))).toBe('state_expired')
    expect(openState(state, keyring, now - 59_000).payload.tenantId).toBe('t1')
    expect(codeOf(() => openState(state, keyring, now - 61_000))).toBe('state_expired')
    try {
      openState(state, keyring, now + stateLifetime + 1)
    } catch (error) {
      expect(error).toMatchObject({ redirectPath: '/back' })
    }
  })

  it('names a missing state, a short secret and a bad nonce', () => {
    expect(codeOf(() => parseOAuthState('', secret))).toBe('state_missing')
    expect(codeOf(() => buildOAuthState({}, 'short'))).toBe('config_invalid')
    expect(codeOf(() => buildOAuthState({}, []))).toBe('config_invalid')
    expect(codeOf(() => buildOAuthState({}, [secret, 'short']))).toBe('config_invalid')
    expect(codeOf(() => buildOAuthState({ nonce: 'AAAA' }, secret))).toBe('state_invalid')
  })

  it('counts the bytes of a secret, not its characters', () => {
    expect(codeOf(() => createKeyring('é'.repeat(16)))).toBe('opened')
    expect(codeOf(() => createKeyring('e'.repeat(31)))).toBe('config_invalid')
  })

  it('changes no prototype, whatever its params are called', () => {
    const params = Object.fromEntries([['__proto__', 'x']])
    const opened = parseOAuthState(buildOAuthState({ params }, secret), secret)
    expect(Object.getPrototypeOf(opened.params)).toBe(Object.prototype)
    expect(Object.entries(opened.params ?? {})).toEqual([['__proto__', 'x']])
  })
})
