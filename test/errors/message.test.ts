import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatOAuthErrorMessage, sanitizeWords } from '../../src/errors/message.ts'

// A secret that our own "[redacted]" spells would be found in it.
const usual = fc
  .oneof(
    fc.string({ minLength: 4, maxLength: 40 }),
    fc.base64String({ minLength: 4 }),
    fc.stringMatching(/^[A-Za-z0-9~!'()*+/=_.-]{6,40}$/),
  )
  .filter((secret) => secret.length >= 4 && !'[redacted]'.includes(secret) && !/^[\s.]|[\s.]$/.test(secret))

const forms: Record<string, (secret: string) => string> = {
  'as it is': (secret) => secret,
  'percent-encoded': (secret) => encodeURIComponent(secret),
  'percent-encoded in lower case': (secret) =>
    encodeURIComponent(secret).replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase()),
  'form-encoded': (secret) => new URLSearchParams({ s: secret }).toString().slice(2),
  'in Base64': (secret) => Buffer.from(secret).toString('base64'),
  'in Base64 without padding': (secret) => Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  'in base64url': (secret) => Buffer.from(secret).toString('base64url'),
}

describe('words from outside', () => {
  it.each(Object.entries(forms))('never hold a secret %s', (_name, form) => {
    fc.assert(
      fc.property(
        usual,
        fc.string({ maxLength: 30 }),
        fc.string({ maxLength: 30 }),
        (secret, before, after) => {
          const echoed = form(secret)
          fc.pre(!'[redacted]'.includes(echoed))
          expect(sanitizeWords(`${before} ${echoed} ${after}`, [undefined, secret, ''])).not.toContain(echoed)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('never hold a client secret inside Basic credentials', () => {
    for (const id of ['a', 'ab', 'abc', 'client-1']) {
      const header = Buffer.from(`${id}:client-secret-value`).toString('base64')
      const clean = sanitizeWords(`bad header: Basic ${header}`, ['client-secret-value'])
      const left = /Basic ([A-Za-z0-9+/=]*)/.exec(clean)?.[1] ?? ''
      expect(Buffer.from(left, 'base64').toString(), id).not.toContain('client-secret-value')
    }
  })

  it('never hold a secret that control characters had taken apart', () => {
    expect(sanitizeWords('x my\u0000secret phrase y', ['my secret phrase'])).not.toContain('my secret phrase')
    expect(sanitizeWords('x my  secret phrase y', ['my secret phrase'])).not.toContain('my secret phrase')
  })

  it('never hold the rest of a secret that begins with another one', () => {
    expect(sanitizeWords('token abcd-the-rest-of-it', ['abcd', 'abcd-the-rest-of-it'])).toBe(
      'token [redacted]',
    )
  })

  it('never throw, for any words and any secrets', () => {
    const any = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\ud800abcd', 'abcd\udc00', '\ud83d', '$&$1'),
    )
    fc.assert(
      fc.property(any, fc.array(any), (words, secrets) => typeof sanitizeWords(words, secrets) === 'string'),
    )
  })

  it('take a secret with half a surrogate pair, as JSON can hold one', () => {
    expect(sanitizeWords('the token \ud800abcd is bad', ['\ud800abcd'])).toBe('the token [redacted] is bad')
  })

  it('hold no control character and are cut at 500', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 1_500 }), (words) => {
        const clean = sanitizeWords(words, [])
        // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is what is held
        expect(clean).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/)
        expect(clean.length).toBeLessThanOrEqual(500)
      }),
    )
    expect(sanitizeWords('x'.repeat(500), [])).toBe('x'.repeat(500))
    expect(sanitizeWords('x'.repeat(501), [])).toBe(`${'x'.repeat(499)}…`)
    expect(sanitizeWords('a\r\n\u001b[31mb\u202ec', [])).toBe('a [31mb c')
  })

  it('keep what is no secret', () => {
    expect(sanitizeWords('The code has expired', ['sec', '', undefined])).toBe('The code has expired')
  })
})

describe('formatOAuthErrorMessage', () => {
  it.each([
    [
      { provider: 'Slack', error: 'invalid_code', errorDescription: 'It expired' },
      'Slack OAuth failed: invalid_code - It expired',
    ],
    [{ provider: 'Slack', error: 'invalid_code' }, 'Slack OAuth failed: invalid_code'],
    [{ provider: 'Slack', error: 'invalid_code', errorDescription: '' }, 'Slack OAuth failed: invalid_code'],
    [{ error: 'invalid_code', errorDescription: 'It expired' }, 'OAuth failed: invalid_code - It expired'],
    [{ provider: '', error: 'x' }, 'OAuth failed: x'],
  ])('%j', (parts, message) => expect(formatOAuthErrorMessage(parts)).toBe(message))

  it('is cut at 2,000 characters', () => {
    expect(formatOAuthErrorMessage({ error: 'x'.repeat(5_000) })).toHaveLength(2_000)
  })
})
