import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type LeaseBackend, pollingLease } from '../../src/stores/polling-lease.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** A backend that keeps one owner a lease and counts how often it is asked. */
function backend(changes: Partial<LeaseBackend> = {}) {
  const owners = new Map<string, string>()
  const asked: number[] = []
  const store: LeaseBackend = {
    async take(id, owner) {
      asked.push(performance.now())
      if (owners.has(id)) return false
      owners.set(id, owner)
      return true
    },
    async release(id, owner) {
      if (owners.get(id) === owner) owners.delete(id)
    },
    ...changes,
  }
  return { store, owners, asked }
}

describe('waiting for a lease that another process holds', () => {
  it('asks soon at first, then ever less often, however many wait in this process', async () => {
    const { store, owners, asked } = backend()
    const withLease = pollingLease(store)
    let id = ''
    await withLease('key', 60_000, async () => {
      id = [...owners.keys()][0] ?? ''
    })
    owners.set(id, 'another process')
    asked.length = 0
    const waiting = Array.from({ length: 500 }, () => withLease('key', 60_000, async () => 'done'))
    await vi.advanceTimersByTimeAsync(100)
    expect(asked.length).toBeGreaterThanOrEqual(4)
    await vi.advanceTimersByTimeAsync(9_900)
    expect(asked.length).toBeGreaterThan(90)
    expect(asked.length).toBeLessThan(230)
    owners.delete(id)
    // The longest pause: by then the first of them has it, and the others follow without a pause.
    await vi.advanceTimersByTimeAsync(100)
    expect(await Promise.all(waiting)).toHaveLength(500)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('gives back a lease that comes after nobody waits for it any more', async () => {
    let answer: () => void = () => undefined
    const { store, owners } = backend({
      take: (id, owner) =>
        new Promise((resolve) => {
          answer = () => {
            owners.set(id, owner)
            resolve(true)
          }
        }),
    })
    let ran = false
    const refused = expect(
      pollingLease(store)('key', 60_000, async () => {
        ran = true
      }),
    ).rejects.toMatchObject({ code: 'store_failed' })
    await vi.advanceTimersByTimeAsync(5_000)
    await refused
    answer()
    await vi.advanceTimersByTimeAsync(0)
    expect(owners.size).toBe(0)
    expect(ran).toBe(false)
  })

  it('does not wait for ever for a backend that takes it back without a word', async () => {
    const { store } = backend({ release: () => new Promise(() => undefined) })
    const done = pollingLease(store)('key', 60_000, async () => 'the work was done')
    await vi.advanceTimersByTimeAsync(5_000)
    expect(await done).toBe('the work was done')
  })
})
