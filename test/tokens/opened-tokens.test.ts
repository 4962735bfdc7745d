import { describe, expect, it } from 'vitest'
import { createKeyring } from '../../src/state/keyring.ts'
import { createOpenedTokens } from '../../src/tokens/opened-tokens.ts'
import { sealTokens } from '../../src/tokens/sealed-tokens.ts'
import type { ConnectionKey, ConnectionTokens } from '../../src/types.ts'

const keyring = createKeyring('opened-tokens-secret-of-32-bytes-or-more')
const key: ConnectionKey = { provider: 'acme', tenantId: 't1', connectionId: 'default' }

function tokens(accessToken: string): ConnectionTokens {
  const expiresAt = new Date('2026-11-21T12:00:00Z')
  return { accessToken, refreshToken: `${accessToken}-r`, expiresAt, scopes: ['read'], tokenType: 'Bearer' }
}

/** A keyring that counts how often it opens. */
function counting() {
  let opened = 0
  const counted: typeof keyring = {
    ...keyring,
    open(...given) {
      opened += 1
      return keyring.open(...given)
    },
  }
  return { opened: createOpenedTokens(counted), count: () => opened }
}

/** One text in eight is kept when it is opened: so often that every one is. */
const often = 400

describe('what has been opened', () => {
  it('is not opened each time for one text', () => {
    const { opened, count } = counting()
    const sealed = sealTokens(keyring, key, tokens('a'), 'client-mark')
    for (let time = 0; time < often; time++) expect(opened.tokensOf(key, sealed)).toEqual(tokens('a'))
    const before = count()
    expect(before).toBeLessThan(often)
    opened.tokensOf(key, sealed)
    expect(count()).toBe(before)
  })

  it('is never given for another text: neither newer tokens nor the same, sealed anew', () => {
    const { opened, count } = counting()
    const [first, again, rotated] = ['a', 'a', 'b'].map((name) => sealTokens(keyring, key, tokens(name)))
    if (!first || !again || !rotated) throw new Error('nothing sealed')
    for (let time = 0; time < often; time++) {
      expect(opened.tokensOf(key, first).accessToken).toBe('a')
      expect(opened.tokensOf(key, rotated).accessToken).toBe('b')
      expect(opened.tokensOf(key, again).accessToken).toBe('a')
    }
    expect(count()).toBe(often * 3)
  })

  it('is not given to another connection, nor where the text was altered', () => {
    const { opened } = counting()
    const sealed = sealTokens(keyring, key, tokens('a'))
    for (let time = 0; time < often; time++) opened.tokensOf(key, sealed)
    const altered = `${sealed.slice(0, -3)}${sealed.endsWith('AAA') ? 'BBB' : 'AAA'}`
    expect(() => opened.tokensOf({ ...key, tenantId: 't2' }, sealed)).toThrow(/record_unreadable/)
    expect(() => opened.tokensOf(key, altered)).toThrow(/record_unreadable/)
    expect(opened.tokensOf(key, sealed).accessToken).toBe('a')
  })

  it('cannot be changed by whoever was given it', () => {
    const { opened } = counting()
    const sealed = sealTokens(keyring, key, { ...tokens('a'), additional: { user: tokens('u') } })
    for (let time = 0; time < often; time++) {
      const given = opened.tokensOf(key, sealed)
      expect(given).toEqual({ ...tokens('a'), additional: { user: tokens('u') } })
      given.expiresAt?.setTime(0)
      Reflect.apply(Array.prototype.push, given.scopes, ['write'])
      Reflect.set(given.additional?.user ?? {}, 'accessToken', 'x')
    }
  })

  it('is forgotten when the connection ends, and is not kept where it is long', () => {
    const { opened, count } = counting()
    const open = (text: string) => {
      const before = count()
      opened.tokensOf(key, text)
      return count() - before
    }
    const sealed = sealTokens(keyring, key, tokens('a'))
    for (let time = 0; time < often; time++) open(sealed)
    expect(open(sealed)).toBe(0)
    opened.forget(key)
    expect(open(sealed)).toBe(1)
    const long = sealTokens(keyring, key, tokens('l'.repeat(9_000)))
    for (let time = 0; time < often; time++) expect(open(long)).toBe(1)
  })
})
