import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eachOf } from '../../src/tokens/each-of.ts'

describe('eachOf', () => {
  it('works on each item once, so many at a time, and reads ahead by a bounded number', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: 400 }),
        fc.integer({ min: 1, max: 9 }),
        fc.array(fc.nat({ max: 3 }), { minLength: 1 }),
        async (count, concurrency, turns) => {
          let read = 0
          let running = 0
          const done: number[] = []
          async function* items() {
            for (let index = 0; index < count; index++) {
              expect(++read - done.length).toBeLessThanOrEqual(17 * concurrency + 1)
              yield index
            }
          }
          await eachOf(items(), { concurrency }, async (item) => {
            expect(++running).toBeLessThanOrEqual(concurrency)
            for (let turn = turns[item % turns.length] ?? 0; turn > 0; turn--) await Promise.resolve()
            running -= 1
            done.push(item)
          })
          expect(done.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_none, index) => index))
        },
      ),
      { numRuns: 200 },
    )
  })

  it('takes items in an order of chance', async () => {
    const order = async () => {
      const seen: number[] = []
      const items = async function* () {
        for (let index = 0; index < 100; index++) yield index
      }
      await eachOf(items(), { concurrency: 1 }, async (item) => void seen.push(item))
      return seen
    }
    expect(await order()).not.toEqual(await order())
  })

  it('finishes what has been read of a list that breaks off, then rejects with its error', async () => {
    const broken = new Error('of the list')
    const done: number[] = []
    async function* items() {
      yield* [1, 2, 3]
      throw broken
    }
    const all = eachOf(items(), { concurrency: 2 }, async (item) => void done.push(item))
    await expect(all).rejects.toBe(broken)
    expect(done.sort()).toEqual([1, 2, 3])
  })

  it('begins nothing after an error of the work, lets the reader go, and rejects with it', async () => {
    const broken = new Error('of the work')
    let released = false
    let begun = 0
    async function* items() {
      try {
        for (let index = 0; ; index++) yield index
      } finally {
        released = true
      }
    }
    const all = eachOf(items(), { concurrency: 3 }, async () => {
      begun += 1
      throw broken
    })
    await expect(all).rejects.toBe(broken)
    expect(begun).toBeLessThanOrEqual(3)
    expect(released).toBe(true)
  })
})
