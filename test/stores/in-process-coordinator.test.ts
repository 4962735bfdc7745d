import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { inProcessCoordinator } from '../../src/stores/in-process-coordinator.ts'

describe('claims in this process', () => {
  it('are judged by the clock', async () => {
    let now = 1_000_000
    const coordinator = inProcessCoordinator(() => now)
    expect(await coordinator.claim('nonce', 600_000)).toBe(true)
    now += 599_999
    expect(await coordinator.claim('nonce', 600_000)).toBe(false)
    now += 1
    expect(await coordinator.claim('nonce', 600_000)).toBe(true)
  })

  it('take bounded memory, and no timer', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout')
    const deleted = vi.spyOn(Map.prototype, 'delete')
    let now = 0
    const coordinator = inProcessCoordinator(() => now)
    for (let index = 0; index < 20_000; index++) {
      now += 100
      await coordinator.claim(`nonce-${index}`, 1_000)
    }
    // At any time ten are alive; all but the last sweep's worth are gone.
    const gone = deleted.mock.calls.filter(([key]) => String(key).startsWith('nonce-')).length
    deleted.mockRestore()
    expect(gone).toBeGreaterThan(20_000 - 1_100)
    expect(timers).not.toHaveBeenCalled()
    timers.mockRestore()
  })
})

describe('leases in this process', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('are granted in order of arrival', async () => {
    const coordinator = inProcessCoordinator()
    const order: number[] = []
    await Promise.all(
      [0, 1, 2, 3, 4].map((place) =>
        coordinator.withLease('key', 1_000, async () => {
          await Promise.resolve()
          order.push(place)
        }),
      ),
    )
    expect(order).toEqual([0, 1, 2, 3, 4])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('pass to the next after the holder’s time, and to nobody twice', async () => {
    const coordinator = inProcessCoordinator()
    const started: string[] = []
    const stuck = (name: string) => () => {
      started.push(name)
      return new Promise<void>(() => undefined)
    }
    void coordinator.withLease('key', 1_000, stuck('first'))
    await vi.advanceTimersByTimeAsync(500)
    void coordinator.withLease('key', 1_000, stuck('second'))
    const third = coordinator.withLease('key', 1_000, stuck('third'))
    const refused = expect(third).rejects.toMatchObject({ code: 'timeout' })
    await vi.advanceTimersByTimeAsync(499)
    expect(started).toEqual(['first'])
    await vi.advanceTimersByTimeAsync(1)
    expect(started).toEqual(['first', 'second'])
    await vi.advanceTimersByTimeAsync(500)
    await refused
    expect(started).toEqual(['first', 'second'])
    expect(vi.getTimerCount()).toBe(0)
    await vi.advanceTimersByTimeAsync(500)
    expect(await coordinator.withLease('key', 1_000, async () => 'free again')).toBe('free again')
  })

  it('of other keys are not held up', async () => {
    const coordinator = inProcessCoordinator()
    void coordinator.withLease('a', 1_000, () => new Promise(() => undefined))
    expect(await coordinator.withLease('b', 1_000, async () => 'b')).toBe('b')
  })
})
