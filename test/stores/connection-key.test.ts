import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  connectionKeyPrefix,
  decodeConnectionKey,
  encodeConnectionKey,
  isSameConnection,
  portableConnectionKey,
} from '../../src/stores/connection-key.ts'
import type { ConnectionKey } from '../../src/types.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: ids hold none
const control = /[\u0000-\u001f\u007f-\u009f]/
/** Any UTF-16, lone surrogates included, and often what the encodings themselves use. */
const unit = fc.oneof(
  fc.constantFrom(...'%|~:{}*?[]\\ /=#u-_aA7c', '\ud800', '\udbff', '\udc00', '\ufffd'),
  fc.integer({ min: 0x20, max: 0xffff }).map((code) => String.fromCharCode(code)),
)
const id = fc
  .array(unit, { minLength: 1, maxLength: 255 })
  .map((units) => units.join(''))
  .filter((text) => !control.test(text))
const shortId = fc
  .array(fc.constantFrom(...'%|~:/=#u7cAa', '\ud800'), { minLength: 1, maxLength: 3 })
  .map((units) => units.join(''))
const provider = fc.constantFrom('slack', 'slack-2', 'google-calendar', 'x'.repeat(255))
const keyOf = (anyId: fc.Arbitrary<string>): fc.Arbitrary<ConnectionKey> =>
  fc.record({ provider: fc.oneof(provider, shortId), tenantId: anyId, connectionId: anyId })

describe('encodeConnectionKey', () => {
  it('comes back as it was, fits LMDB and holds nothing that Redis or a Keyv reads something into', () => {
    fc.assert(
      fc.property(keyOf(fc.oneof(id, shortId)), (key) => {
        const encoded = encodeConnectionKey(key)
        expect(decodeConnectionKey(encoded)).toEqual(key)
        expect(Buffer.from(encoded).toString()).toBe(encoded)
        expect(Buffer.byteLength(encoded)).toBeLessThanOrEqual(1_978)
        expect(encoded).not.toMatch(/[:{}*?[\]\\ ]/)
      }),
      { numRuns: 500 },
    )
  })

  it('never gives two connections one key', () => {
    fc.assert(
      fc.property(keyOf(shortId), keyOf(shortId), (a, b) => {
        expect(encodeConnectionKey(a) === encodeConnectionKey(b)).toBe(isSameConnection(a, b))
        expect(portableConnectionKey(a) === portableConnectionKey(b)).toBe(isSameConnection(a, b))
      }),
      { numRuns: 5_000 },
    )
  })

  it('begins with the prefix of exactly the filters that match', () => {
    fc.assert(
      fc.property(keyOf(shortId), keyOf(shortId), (a, b) => {
        const { provider, tenantId } = b
        const encoded = encodeConnectionKey(a)
        const sameProvider = a.provider === provider
        expect(encoded.startsWith(connectionKeyPrefix({ provider }))).toBe(sameProvider)
        const sameTenant = sameProvider && a.tenantId === tenantId
        expect(encoded.startsWith(connectionKeyPrefix({ provider, tenantId }))).toBe(sameTenant)
      }),
      { numRuns: 2_000 },
    )
  })

  it.each([
    ['', 'a', 'b'],
    ['p', '', 'b'],
    ['p', 'a', ''],
    ['p', 'a\n', 'b'],
    ['p', 'a', 'b\u007f'],
    ['p', 'a'.repeat(256), 'b'],
    ['東'.repeat(255), '東'.repeat(255), '東'.repeat(255)],
  ])('refuses unusable ids (%#)', (provider, tenantId, connectionId) => {
    expect(() => encodeConnectionKey({ provider, tenantId, connectionId })).toThrowError(
      expect.objectContaining({ code: 'params_invalid' }),
    )
  })
})

describe('portableConnectionKey', () => {
  it('is short lower-case ASCII without what a Keyv or a glob reads something into', () => {
    fc.assert(
      fc.property(keyOf(id), (key) => {
        expect(portableConnectionKey(key)).toMatch(/^latchkey\/[a-z0-9=/#-]{1,171}$/)
      }),
    )
  })

  it('tells long ids apart by their last character', () => {
    const of = (tenantId: string) =>
      portableConnectionKey({ provider: 'slack', tenantId, connectionId: 'default' })
    expect(of(`${'A'.repeat(254)}B`)).not.toBe(of(`${'A'.repeat(254)}C`))
    expect(of(`${'A'.repeat(254)}\ud800`)).not.toBe(of(`${'A'.repeat(254)}\ud801`))
  })
})
