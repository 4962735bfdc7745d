import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isOAuthError } from '../../src/errors/oauth-error.ts'
import { codeChallenge, equalSecrets, shortHash } from '../../src/state/digest.ts'
import { createKeyring } from '../../src/state/keyring.ts'
import { openPacked, sealTokens, unpackTokens } from '../../src/tokens/sealed-tokens.ts'
import type { ConnectionTokens } from '../../src/types.ts'

const secret = 'keyring-test-secret-of-32-bytes-or-more'
const newer = 'a-newer-keyring-secret-of-32-bytes-or-more'
const keyring = createKeyring(secret)
const openTokens = (...sealed: Parameters<typeof openPacked>) => unpackTokens(openPacked(...sealed))
const nonces = fc.uint8Array({ minLength: 16, maxLength: 16 })

describe('the PKCE verifier', () => {
  it('has 43 unreserved characters and is the same for the same nonce (RFC 7636 §4.1)', () => {
    fc.assert(
      fc.property(nonces, (nonce) => {
        const verifier = keyring.pkceVerifier(nonce)
        expect(verifier).toMatch(/^[A-Za-z0-9_-]{43}$/)
        expect(createKeyring(secret).pkceVerifier(nonce)).toBe(verifier)
        expect(createKeyring(newer).pkceVerifier(nonce)).not.toBe(verifier)
        expect(verifier).not.toContain(Buffer.from(nonce).toString('base64url'))
      }),
    )
  })

  it('is another one for another nonce', () => {
    fc.assert(
      fc.property(nonces, nonces, (a, b) => {
        fc.pre(Buffer.compare(a, b) !== 0)
        expect(keyring.pkceVerifier(a)).not.toBe(keyring.pkceVerifier(b))
      }),
    )
  })

  it('survives a rotation between authorize and callback', () => {
    const nonce = Buffer.alloc(16, 7)
    const rotated = createKeyring([newer, secret])
    expect(rotated.pkceVerifier(nonce, keyring.currentKeyId)).toBe(keyring.pkceVerifier(nonce))
    expect(rotated.pkceVerifier(nonce)).not.toBe(keyring.pkceVerifier(nonce))
  })

  it('has the challenge of RFC 7636 appendix B', () => {
    expect(codeChallenge('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')).toBe(
      'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    )
  })
})

describe('digests', () => {
  it('shortens a SHA-256', () => {
    expect(shortHash('x', 6)).toBe(
      createHash('sha256').update('x').digest().subarray(0, 6).toString('base64url'),
    )
  })

  it('compares secrets of any length, and absent ones as equal', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (a, b) => equalSecrets(a, b) === (a === b)))
    fc.assert(fc.property(fc.string(), (a) => equalSecrets(a, `${a}`)))
    expect(equalSecrets(undefined, undefined)).toBe(true)
    expect(equalSecrets('', undefined)).toBe(false)
    expect(equalSecrets(undefined, '')).toBe(false)
  })
})

const id = fc.oneof(
  fc.string({ minLength: 1, maxLength: 30 }),
  fc.constantFrom('a","b', 'a\\', '"]', 'default', '\u{1f600}'),
)
const keys = fc.record({ provider: id, tenantId: id, connectionId: id })
const dates = fc.date({ min: new Date(0), max: new Date(8e14), noInvalidDate: true })
const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 })
const chain = fc.record(
  {
    accessToken: text,
    refreshToken: text,
    expiresAt: dates,
    refreshTokenExpiresAt: dates,
    scopes: fc.array(text, { maxLength: 3 }),
    tokenType: text,
  },
  { requiredKeys: ['accessToken', 'scopes', 'tokenType'] },
)
const tokens: fc.Arbitrary<ConnectionTokens> = fc
  .tuple(
    chain,
    fc.option(fc.record({ user: chain }), { nil: undefined }),
    fc.option(text, { nil: undefined }),
  )
  .map(([first, additional, standsFor]) => ({
    ...first,
    ...(standsFor !== undefined && { standsFor }),
    ...(additional && { additional }),
  }))

function codeOf(run: () => unknown): string {
  try {
    run()
    return 'opened'
  } catch (error) {
    if (!isOAuthError(error)) throw error
    expect(error.message).not.toContain('the-access-token')
    return error.code
  }
}

describe('sealed tokens', () => {
  const key = { provider: 'acme', tenantId: 't1', connectionId: 'default' }
  const one: ConnectionTokens = { accessToken: 'the-access-token', scopes: ['a'], tokenType: 'Bearer' }

  it('give back what was sealed', () => {
    fc.assert(
      fc.property(keys, tokens, (where, what) => {
        expect(openTokens(keyring, where, sealTokens(keyring, where, what))).toEqual(what)
      }),
    )
  })

  it('open under their own provider, tenant and connection only', () => {
    fc.assert(
      fc.property(keys, keys, (a, b) => {
        fc.pre(a.provider !== b.provider || a.tenantId !== b.tenantId || a.connectionId !== b.connectionId)
        const sealed = sealTokens(keyring, a, one)
        expect(codeOf(() => openTokens(keyring, b, sealed))).toBe('record_unreadable')
      }),
    )
  })

  it('do not open where only the border between two ids moved', () => {
    const sealed = sealTokens(keyring, { provider: 'acme', tenantId: 'ab', connectionId: 'c' }, one)
    expect(
      codeOf(() => openTokens(keyring, { provider: 'acme', tenantId: 'a', connectionId: 'bc' }, sealed)),
    ).toBe('record_unreadable')
  })

  it('do not open once altered at any place, and show nothing of themselves', () => {
    const sealed = sealTokens(keyring, key, one)
    for (let place = 0; place < sealed.length; place++) {
      const altered = sealed.slice(0, place) + (sealed[place] === 'A' ? 'B' : 'A') + sealed.slice(place + 1)
      expect(codeOf(() => openTokens(keyring, key, altered))).toBe('record_unreadable')
    }
    expect(Buffer.from(sealed.split('.')[1] ?? '', 'base64url').toString('latin1')).not.toContain(
      'the-access-token',
    )
    for (const broken of ['', '.', 'x', `${keyring.currentKeyId}.`, `${keyring.currentKeyId}.AAAA`])
      expect(codeOf(() => openTokens(keyring, key, broken))).toBe('record_unreadable')
  })

  it('open under a list of secrets, and are told apart by key id under another', () => {
    const sealed = sealTokens(keyring, key, one)
    expect(openTokens(createKeyring([newer, secret]), key, sealed)).toEqual(one)
    expect(codeOf(() => openTokens(createKeyring(newer), key, sealed))).toBe('record_unreadable')
    expect(() => openTokens(createKeyring(newer), key, sealed)).toThrow(keyring.currentKeyId)
  })
})
