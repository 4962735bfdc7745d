import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Recent, recent } from '../src/recent.ts'

const least = 3

/** Offers it until it is kept: each time one in eight. */
function keep<T>(kept: Recent<T>, name: string, value: T): void {
  for (let offers = 0; kept.get(name) !== value; offers++) {
    if (offers > 1_000) throw new Error('it is never kept')
    kept.offer(name, value)
  }
}

describe('what is used again and again', () => {
  it('keeps at least so many that were used last, and never gives an old value', () => {
    const use = fc.record({
      name: fc.constantFrom(...'abcdefghij'),
      kind: fc.constantFrom('get', 'keep', 'delete'),
    })
    fc.assert(
      fc.property(fc.array(use, { maxLength: 80 }), (uses) => {
        const kept = recent<number>(least)
        /** Everything that was kept once, the last used at the end. */
        const used = new Map<string, number>()
        uses.forEach(({ name, kind }, index) => {
          if (kind === 'keep') keep(kept, name, index)
          else if (kind === 'delete') kept.delete(name)
          const value = kept.get(name)
          if (kind === 'get' && value !== undefined) expect(value).toBe(used.get(name))
          if (kind === 'get' && value === undefined)
            expect([...used.keys()].slice(-least)).not.toContain(name)
          used.delete(name)
          if (value !== undefined) used.set(name, value)
        })
        for (const [name, value] of [...used].slice(-least)) expect(kept.get(name)).toBe(value)
      }),
    )
  })

  it('keeps twice as many at most, and forgets what is deleted', () => {
    const kept = recent<number>(least)
    const names = Array.from({ length: 100 }, (_, name) => String(name))
    for (const name of names) keep(kept, name, Number(name))
    expect(names.filter((name) => kept.get(name) !== undefined).length).toBeLessThanOrEqual(2 * least)
    keep(kept, '99', 99)
    kept.delete('99')
    expect(kept.get('99')).toBeUndefined()
  })

  it('replaces at the first offer what it has, and keeps little of a walk that passes everything once', () => {
    const kept = recent<number>(100_000)
    keep(kept, 'again', 1)
    kept.offer('again', 2)
    expect(kept.get('again')).toBe(2)
    const names = Array.from({ length: 20_000 }, (_, name) => `tenant-${name}`)
    for (const name of names) kept.offer(name, 1)
    const part = names.filter((name) => kept.get(name) !== undefined).length / names.length
    // One in eight, give or take more than chance ever does.
    expect(part).toBeGreaterThan(0.1)
    expect(part).toBeLessThan(0.15)
  })
})
