import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergeRanges, type Range, subtractRanges } from '../../src/sync/ranges.ts'
import { cutRange } from '../../src/sync/windows.ts'

const span = 60
const range = fc
  .tuple(fc.integer({ min: 0, max: span }), fc.integer({ min: 0, max: span }))
  .map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }))
/** Every moment that the ranges cover. */
const moments = (ranges: readonly Range[]) =>
  new Set(ranges.flatMap(({ from, to }) => Array.from({ length: to - from }, (_none, at) => from + at)))
const whose = { provider: 'p', tenantId: 't', connectionId: 'c' }

describe('ranges', () => {
  it('merge to the same moments, apart from each other and in order', () => {
    fc.assert(
      fc.property(fc.array(range), (ranges) => {
        const merged = mergeRanges(ranges)
        expect(moments(merged)).toEqual(new Set([...moments(ranges)].sort((a, b) => a - b)))
        for (const [index, { from, to }] of merged.entries()) {
          expect(from).toBeLessThan(to)
          expect(from).toBeGreaterThan(merged[index - 1]?.to ?? -1)
        }
      }),
    )
  })

  it('subtract to the moments that nothing covers', () => {
    fc.assert(
      fc.property(range, fc.array(range), (whole, taken) => {
        const covered = moments(taken)
        const left = subtractRanges(whole, taken)
        expect([...moments(left)]).toEqual([...moments([whole])].filter((moment) => !covered.has(moment)))
        expect(left.every(({ from, to }) => from < to)).toBe(true)
      }),
    )
  })
})

describe('windows', () => {
  const day = 86_400_000

  it('cover a range exactly, newest first, whole ones from its end', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 400 * day }),
        fc.integer({ min: 1, max: 200 * day }),
        fc.integer({ min: 1, max: 30 }),
        (from, length, days) => {
          const to = from + length
          const cut = cutRange({ from, to }, { days }, whose)
          expect(cut[0]?.to).toBe(to)
          expect(cut.at(-1)?.from).toBe(from)
          for (const [index, window] of cut.entries()) {
            if (index > 0) expect(window.to).toBe(cut[index - 1]?.from)
            if (index < cut.length - 1) expect(window.to - window.from).toBe(days * day)
            expect(window.to - window.from).toBeLessThanOrEqual(days * day)
          }
        },
      ),
    )
  })

  it('give the range that was asked for where it fits into one', () => {
    const asked = { from: 3 * day, to: 5 * day + 1 }
    expect(cutRange(asked, { days: 7 }, whose)).toEqual([asked])
    expect(cutRange(asked, 'whole', whose)).toEqual([asked])
    expect(cutRange({ from: 5, to: 5 }, 'whole', whose)).toEqual([])
    expect(cutRange({ from: 5, to: 4 }, { days: 1 }, whose)).toEqual([])
  })

  it('may be the application’s own, in any order', () => {
    const cut = cutRange(
      { from: 0, to: 10 },
      ({ from, to, provider }) => [
        { from, to: new Date(4) },
        { from: new Date(provider === 'p' ? 6 : 5), to },
      ],
      whose,
    )
    expect(cut).toEqual([
      { from: 6, to: 10 },
      { from: 0, to: 4 },
    ])
  })

  it.each([
    ['outside the range', () => [{ from: new Date(-1), to: new Date(5) }]],
    ['overlapping', () => [0, 3].map((from) => ({ from: new Date(from), to: new Date(from + 5) }))],
    ['empty', () => [{ from: new Date(5), to: new Date(5) }]],
    ['no dates', () => [{ from: new Date(Number.NaN), to: new Date(5) }]],
  ])('are refused where they are %s', (_words, windows) => {
    expect(() => cutRange({ from: 0, to: 10 }, windows, whose)).toThrow(/windows\(\)/)
  })

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('cannot have %s days', (days) => {
    expect(() => cutRange({ from: 0, to: day }, { days }, whose)).toThrow(/windows\.days/)
  })

  it('are two thousand at most', () => {
    expect(() => cutRange({ from: 0, to: 2_001 * day }, { days: 1 }, whose)).toThrow(/2000 windows/)
    expect(cutRange({ from: 0, to: 2_000 * day }, { days: 1 }, whose)).toHaveLength(2_000)
  })
})
