import { execFileSync, spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { looksLikeFernet, openFernet, sealFernet } from '../../examples/migrate-hand-written/fernet.ts'
import vectors from './fernet-vectors.json' with { type: 'json' }

const { generate, invalid, invalidByAgeAlone, secret } = vectors
const otherKey = Buffer.alloc(32, 7).toString('base64url').padEnd(44, '=')

describe("Fernet, by the specification's own vectors", () => {
  it('opens and makes the valid token', () => {
    expect(openFernet(generate.token, [secret])).toBe(generate.src)
    expect(sealFernet(generate.src, secret, Buffer.from(generate.iv), Date.parse(generate.now))).toBe(
      generate.token,
    )
    expect(looksLikeFernet(generate.token)).toBe(true)
  })

  it.each(invalid)('refuses: $desc', ({ token }) => {
    expect(openFernet(token, [secret])).toBeUndefined()
  })

  it.each(invalidByAgeAlone)('has no age, since it is stored: $desc', ({ token }) => {
    // Their text is empty; Python's Fernet reads it so too, where it is given no age.
    expect(openFernet(token, [secret])).toBe('')
  })

  it('finds the key among several, and none where none fits', () => {
    expect(openFernet(generate.token, [otherKey, secret])).toBe('hello')
    expect(openFernet(generate.token, [otherKey])).toBeUndefined()
    expect(openFernet(generate.token, [])).toBeUndefined()
  })

  it('says what a key must be', () => {
    expect(() => openFernet(generate.token, ['short'])).toThrow('32 bytes in URL-safe Base64')
    expect(() => sealFernet('x', `${secret}x`)).toThrow('32 bytes in URL-safe Base64')
  })

  it('opens whatever it makes', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        const expected = Buffer.from(text).toString()
        expect(openFernet(sealFernet(text, secret), [secret])).toBe(expected)
      }),
    )
  })
})

const hasCryptography = spawnSync('python3', ['-c', 'import cryptography.fernet']).status === 0
const withPython = (words: string, run: () => void) =>
  hasCryptography
    ? it(words, { timeout: 60_000 }, run)
    : it.skip(`${words} (skipped: no python3 with the package cryptography)`, run)

/** Runs a line of Python that has `f`, a `MultiFernet` of the two keys. */
const python = (line: string) =>
  execFileSync('python3', [
    '-c',
    `from cryptography.fernet import Fernet, MultiFernet\nf = MultiFernet([Fernet(b"${otherKey}"), Fernet(b"${secret}")])\n${line}`,
  ]).toString()

describe('Fernet, against Python', () => {
  withPython('opens what MultiFernet seals', () => {
    const token = python('print(f.encrypt("tökén".encode()).decode(), end="")')
    expect(openFernet(token, [secret, otherKey])).toBe('tökén')
  })

  withPython('makes what MultiFernet opens', () => {
    expect(python(`print(f.decrypt(b"${sealFernet('tökén', secret)}").decode(), end="")`)).toBe('tökén')
  })
})
