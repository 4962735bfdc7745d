import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readRetryAfter } from '../../src/http/retry-after.ts'

const now = Date.UTC(2026, 10, 21, 12)
const day = 86_400_000
const wait = (value: string) => readRetryAfter({ 'retry-after': value }, now)

describe('Retry-After', () => {
  it.each<[string, number | undefined]>([
    ['0', 0],
    ['1', 1_000],
    ['120', 120_000],
    [' 7 ', 7_000],
    ['2.0', 2_000],
    ['2.5', 2_500],
    ['0.001', 1],
    ['0.0001', 1],
    ['99999999', day],
    ['9'.repeat(400), day],
    ['Sat, 21 Nov 2026 12:00:30 GMT', 30_000],
    ['Saturday, 21-Nov-26 12:00:30 GMT', 30_000],
    ['Sat Nov 21 12:00:30 2026', 30_000],
    ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
    ['Fri, 01 Jan 2100 00:00:00 GMT', day],
    ['2026-11-21T12:00:05Z', undefined],
    ['', undefined],
    [' ', undefined],
    ['-5', undefined],
    ['+5', undefined],
    ['.5', undefined],
    ['5.', undefined],
    ['1e3', undefined],
    ['0x10', undefined],
    ['NaN', undefined],
    ['Infinity', undefined],
    ['soon', undefined],
    ['5s', undefined],
    ['5, 5', undefined],
    ['garbage 5', undefined],
    ['Sun 5 beers', undefined],
    ['in 5', undefined],
    ['wait 10', undefined],
    ['null', undefined],
  ])('%j: %s', (value, ms) => expect(wait(value)).toBe(ms))

  it('is never negative, never beyond a day and never a throw', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.double().map(String),
          fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
        ),
        (value) => {
          const ms = wait(value)
          return ms === undefined || (ms >= 0 && ms <= day && Number.isInteger(ms))
        },
      ),
    )
  })

  it('is absent where no header is', () => expect(readRetryAfter({}, now)).toBeUndefined())
})

describe("a provider's own header", () => {
  const unix = Math.floor(now / 1000)
  it.each<['unix-seconds' | 'unix-ms' | 'seconds' | 'ms', string, number | undefined]>([
    ['unix-seconds', `${unix + 60}`, 60_000],
    ['unix-seconds', `${unix - 60}`, 0],
    ['unix-seconds', `${unix}.5`, 500],
    ['unix-ms', `${now + 1234}`, 1_234],
    ['seconds', '3', 3_000],
    ['ms', '250', 250],
    ['ms', '-1', undefined],
    ['ms', 'soon', undefined],
    ['seconds', '', undefined],
  ])('%s: %j', (unit, value, ms) => {
    expect(readRetryAfter({ 'x-ratelimit-reset': value }, now, { header: 'X-RateLimit-Reset', unit })).toBe(
      ms,
    )
  })

  it('is asked only where Retry-After says nothing', () => {
    const reset = { header: 'x-reset', unit: 'seconds' } as const
    expect(readRetryAfter({ 'retry-after': '1', 'x-reset': '9' }, now, reset)).toBe(1_000)
    expect(readRetryAfter({ 'retry-after': 'soon', 'x-reset': '9' }, now, reset)).toBe(9_000)
    expect(readRetryAfter({ 'retry-after': '0', 'x-reset': '9' }, now, reset)).toBe(0)
  })
})
