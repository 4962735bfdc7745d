import fc from 'fast-check'
import { expect, it } from 'vitest'
import { recent } from '../src/recent.ts'

it('keeps at least so many that were used last, at most twice as many, and never gives an old value', () => {
  const least = 3
  const use = fc.record({
    name: fc.constantFrom(...'abcdefghij'),
    kind: fc.constantFrom('get', 'set', 'delete'),
  })
  fc.assert(
    fc.property(fc.array(use, { maxLength: 60 }), (uses) => {
      const kept = recent<number>(least)
      const last = new Map<string, number>()
      uses.forEach(({ name, kind }, index) => {
        if (kind === 'delete') {
          kept.delete(name)
          last.delete(name)
        } else if (kind === 'set') {
          kept.set(name, index)
          last.delete(name)
          last.set(name, index)
        } else {
          const found = kept.get(name)
          if (found === undefined) last.delete(name)
          else {
            expect(found).toBe(last.get(name))
            last.delete(name)
            last.set(name, found)
          }
        }
        // The names used last are still there; looking must not count as a use, so a twin is not asked.
        expect(last.size).toBeLessThanOrEqual(10)
      })
      const newest = [...last].slice(-least)
      for (const [name, value] of newest) expect(kept.get(name)).toBe(value)
    }),
  )
  const kept = recent<number>(least)
  for (let name = 0; name < 100; name++) kept.set(String(name), name)
  const found = Array.from({ length: 100 }, (_, name) => kept.get(String(name))).filter(
    (each) => each !== undefined,
  )
  expect(found.length).toBeLessThanOrEqual(2 * least)
})
