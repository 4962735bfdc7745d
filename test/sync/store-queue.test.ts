import { afterEach, describe, expect, it } from 'vitest'
import { storeQueue } from '../../src/sync/store-queue.ts'
import { latch } from '../support/latch.ts'

const closing: { close(): Promise<void> }[] = []
afterEach(async () => {
  await Promise.all(closing.splice(0).map((each) => each.close()))
})

/** A queue over ids that are due until they have been worked on, and what was asked of it. */
function queueOver(due: Set<string>, every = 5) {
  const errors: unknown[] = []
  let looks = 0
  const source: { failure: Error | undefined } = { failure: undefined }
  const queue = storeQueue({
    every,
    async *due() {
      looks += 1
      yield* due
      if (source.failure) throw source.failure
    },
  })
  async function work(process: (id: string) => Promise<number | undefined>, concurrency = 4) {
    const worker = await queue.work(process, { concurrency, failed: (error) => errors.push(error) })
    closing.push(worker)
    return worker
  }
  return { queue, work, errors, source, looks: () => looks }
}

describe('the queue that is the store', () => {
  it('looks on where a run that hangs is to be worked on again', async () => {
    const due = new Set<string>()
    const { queue, work } = queueOver(due)
    const [hanging, end] = [latch(), latch()]
    const done: string[] = []
    await work(async (id) => {
      if (id === 'hangs') {
        hanging.resolve()
        await end.promise
      }
      due.delete(id)
      done.push(id)
      return undefined
    })
    await queue.add('hangs', { delay: 0 })
    await hanging.promise
    // Paused and resumed, while what worked on it has not noticed.
    await queue.add('hangs', { delay: 0 })
    due.add('elsewhere')
    await expect.poll(() => done).toEqual(['elsewhere'])
    end.resolve()
  })

  it('works on what a look has found before it failed', async () => {
    const due = new Set(['a', 'b'])
    const { work, errors, source } = queueOver(due)
    source.failure = new Error('one of them cannot be read')
    const done: string[] = []
    await work(async (id) => {
      due.delete(id)
      done.push(id)
      return undefined
    })
    await expect.poll(() => [...done].sort()).toEqual(['a', 'b'])
    expect(errors).toContain(source.failure)
  })

  it('begins what is added while a look takes its time', async () => {
    const [looking, go] = [latch(), latch()]
    const queue = storeQueue({
      every: 5,
      async *due() {
        looking.resolve()
        await go.promise
        yield* []
      },
    })
    const done: string[] = []
    const worker = await queue.work(
      async (id) => {
        done.push(id)
        return undefined
      },
      { concurrency: 1, failed: () => undefined },
    )
    closing.push(worker)
    await looking.promise
    await queue.add('a', { delay: 0 })
    await expect.poll(() => done).toEqual(['a'])
    go.resolve()
  })

  it('reaches one behind thousands that are put off again and again', { timeout: 15_000 }, async () => {
    const due = new Set(Array.from({ length: 5_000 }, (_none, index) => `put-off-${index}`))
    due.add('last')
    const { work } = queueOver(due, 5)
    const done: string[] = []
    await work(async (id) => {
      // As long as a store in the next room takes.
      await new Promise((resume) => setTimeout(resume, 1))
      if (id !== 'last') return 1_000
      due.delete(id)
      done.push(id)
      return undefined
    })
    await expect.poll(() => done, { timeout: 10_000 }).toEqual(['last'])
  })

  it('asks little of the store for thousands that are put off again and again', async () => {
    const due = new Set(Array.from({ length: 1_000 }, (_none, index) => `put-off-${index}`))
    const { work } = queueOver(due, 5)
    const asked = new Set<string>()
    let again = 0
    let isKnown = 0
    await work(async (id) => {
      if (asked.has(id)) again += 1
      asked.add(id)
      if (asked.size === 1_000) isKnown ||= performance.now()
      return 1_000
    })
    await expect.poll(() => isKnown > 0 && performance.now() - isKnown > 1_500, { timeout: 8_000 }).toBe(true)
    // Fifty a second, and not all thousand.
    expect(again).toBeGreaterThan(10)
    expect(again).toBeLessThan(400)
  })

  it('looks no more than a tenth of the time, however long a look takes', async () => {
    const spent: number[] = []
    const begun = performance.now()
    const queue = storeQueue({
      every: 1,
      async *due() {
        const from = performance.now()
        await new Promise((resume) => setTimeout(resume, 50))
        spent.push(performance.now() - from)
      },
    })
    closing.push(await queue.work(async () => undefined, { concurrency: 1, failed: () => undefined }))
    await expect.poll(() => spent.length, { timeout: 5_000 }).toBe(3)
    const whole = performance.now() - begun
    expect(spent.slice(0, 2).reduce((sum, each) => sum + each, 0)).toBeLessThan(whole / 5)
  })
})
