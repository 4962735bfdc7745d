import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { randomBytes } from '../../src/state/random.ts'

describe('random bytes', () => {
  it('are as many as were asked for, and never those that were given before, across every refill', () => {
    const lengths = fc.array(
      fc.oneof(fc.constantFrom(12, 16, 32, 512, 513), fc.integer({ min: 12, max: 4_096 })),
      {
        minLength: 1,
        maxLength: 400,
      },
    )
    fc.assert(
      fc.property(lengths, (asked) => {
        const given = asked.map((length) => randomBytes(length))
        expect(given.map(({ length }) => length)).toEqual(asked)
        // 96 bits at either end: none of them twice, in all the tests of a century.
        for (const end of [
          given.map((bytes) => bytes.subarray(0, 12)),
          given.map((bytes) => bytes.subarray(-12)),
        ])
          expect(new Set(end.map((bytes) => bytes.toString('hex'))).size).toBe(given.length)
      }),
      { numRuns: 30 },
    )
  })

  it('are the caller’s own', () => {
    const bytes = randomBytes(16)
    const before = Buffer.from(bytes)
    for (let draw = 0; draw < 500; draw++) randomBytes(16).fill(1)
    expect(bytes).toEqual(before)
  })
})
