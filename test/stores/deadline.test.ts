import { setImmediate as eventLoopTurns } from 'node:timers/promises'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { OAuthError } from '../../src/errors/oauth-error.ts'
import { guardStore, withDeadline } from '../../src/stores/deadline.ts'
import { memoryStore } from '../../src/stores/memory-store.ts'
import { resolveStore } from '../../src/stores/resolve-store.ts'
import type { Coordinator, StoredConnection, TokenStore } from '../../src/types.ts'
import { sampleKey, sampleRecord } from './sample-record.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const never = () => new Promise<never>(() => undefined)
const secretError = () => Object.assign(new Error('select sealed from t where v = s3cret'), { code: '57P01' })

function storeOf(changes: Partial<TokenStore>): TokenStore {
  return {
    load: async () => undefined,
    save: async () => true,
    remove: async () => true,
    async *list() {},
    ...changes,
  }
}

async function list(store: TokenStore): Promise<StoredConnection[]> {
  const found: StoredConnection[] = []
  for await (const record of store.list({})) found.push(record)
  return found
}

const operations: readonly [string, (store: TokenStore) => Promise<unknown>][] = [
  ['load', (store) => store.load(sampleKey)],
  ['save', (store) => store.save(sampleRecord(), { expectedVersion: null })],
  ['remove', (store) => store.remove(sampleKey)],
  ['list', list],
]

describe('withDeadline', () => {
  it('settles as the promise does, and leaves no timer', async () => {
    const tooLate = () => new Error('late')
    await expect(withDeadline(Promise.resolve(1), 10, tooLate)).resolves.toBe(1)
    await expect(withDeadline(Promise.reject(new TypeError('x')), 10, tooLate)).rejects.toThrow(TypeError)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('rejects at the deadline, and drops what comes later', async () => {
    let fail: (error: Error) => void = () => undefined
    const slow = new Promise<never>((_resolve, reject) => {
      fail = reject
    })
    const outcome = expect(withDeadline(slow, 10, () => new Error('late'))).rejects.toThrow('late')
    await eventLoopTurns()
    await vi.advanceTimersByTimeAsync(10)
    await outcome
    fail(new Error('later'))
    await vi.advanceTimersByTimeAsync(0)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('keeps no process alive', async () => {
    vi.useRealTimers()
    const timers = vi.spyOn(globalThis, 'setTimeout')
    void withDeadline(never(), 60_000, () => new Error('late'))
    await eventLoopTurns()
    expect(timers.mock.results.at(-1)?.value.hasRef()).toBe(false)
    timers.mockRestore()
  })
})

describe('what is answered before the event loop turns', () => {
  it('is given no timer', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout')
    const store = guardStore(storeOf({}))
    for (let asked = 0; asked < 3; asked++) await store.load(sampleKey)
    await eventLoopTurns()
    expect(timers).not.toHaveBeenCalled()
    timers.mockRestore()
  })

  it('takes no deadline from the many that wait while more are answered', async () => {
    const store = guardStore(storeOf({ load: never }))
    const quick = guardStore(storeOf({}))
    const failures: Promise<void>[] = []
    for (let round = 0; round < 300; round++) {
      if (round % 3 === 0)
        failures.push(expect(store.load(sampleKey)).rejects.toMatchObject({ code: 'store_failed' }))
      await quick.load(sampleKey)
    }
    await eventLoopTurns()
    expect(vi.getTimerCount()).toBe(100)
    await vi.advanceTimersByTimeAsync(5_000)
    await Promise.all(failures)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('takes no deadline from what was asked beside it', async () => {
    const store = guardStore(storeOf({ load: never }))
    const failures = [1, 2].map(() =>
      expect(store.load(sampleKey)).rejects.toMatchObject({ code: 'store_failed' }),
    )
    await guardStore(storeOf({})).load(sampleKey)
    await eventLoopTurns()
    expect(vi.getTimerCount()).toBe(2)
    await vi.advanceTimersByTimeAsync(5_000)
    await Promise.all(failures)
  })
})

describe('a guarded store', () => {
  it.each(operations)('turns what %s throws into store_failed, without its words', async (name, run) => {
    const rejecting = { [name]: () => Promise.reject(secretError()) }
    const throwing = {
      [name]: () => {
        throw secretError()
      },
    }
    const iterating = {
      list: () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(secretError()) }) }),
    }
    for (const changes of [throwing, name === 'list' ? iterating : rejecting]) {
      const error: unknown = await run(guardStore(storeOf(changes))).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'store_failed', cause: { code: '57P01', name: 'Error' } })
      expect(inspect(error, { depth: 9 })).not.toContain('s3cret')
    }
  })

  it.each(operations)('gives %s five seconds', async (name, run) => {
    const hanging = name === 'list' ? () => ({ [Symbol.asyncIterator]: () => ({ next: never }) }) : never
    const store = guardStore(storeOf({ [name]: hanging }))
    const failure = expect(run(store)).rejects.toMatchObject({ code: 'store_failed' })
    await eventLoopTurns()
    await vi.advanceTimersByTimeAsync(4_999)
    expect(vi.getTimerCount()).toBe(1)
    await vi.advanceTimersByTimeAsync(1)
    await failure
  })

  it('lets errors of the library through', async () => {
    const error = new OAuthError({ code: 'record_unreadable' })
    const store = guardStore(storeOf({ load: () => Promise.reject(error) }))
    await expect(store.load(sampleKey)).rejects.toBe(error)
  })

  it('checks what a store answers', async () => {
    // As JavaScript may have it, whatever the types say.
    const answering = (answer: unknown) => {
      const store = storeOf({})
      for (const name of ['load', 'save', 'remove']) Reflect.set(store, name, async () => answer)
      return guardStore(store)
    }
    expect(await answering(null).load(sampleKey)).toBeUndefined()
    const mixedUp = answering(sampleRecord({ tenantId: 'other' }))
    await expect(mixedUp.load(sampleKey)).rejects.toMatchObject({ code: 'record_unreadable' })
    const row = { ...sampleRecord(), expiresAt: null, createdAt: sampleRecord().createdAt.getTime() }
    expect(await answering(row).load(sampleKey)).toEqual(sampleRecord())
    for (const answer of [undefined, 1, 'true']) {
      const store = answering(answer)
      await expect(store.save(sampleRecord(), { expectedVersion: 1 })).rejects.toMatchObject({
        code: 'store_failed',
      })
      await expect(store.remove(sampleKey)).rejects.toMatchObject({ code: 'store_failed' })
    }
  })

  it('filters what a store lists too generously', async () => {
    const records = [sampleRecord(), sampleRecord({ provider: 'zoom' })]
    const store = guardStore(
      storeOf({
        async *list() {
          yield* records
        },
      }),
    )
    const found: StoredConnection[] = []
    for await (const record of store.list({ provider: 'zoom' })) found.push(record)
    expect(found).toEqual([sampleRecord({ provider: 'zoom' })])
  })

  it('closes a list whose reader stops', async () => {
    let closed = false
    const store = guardStore(
      storeOf({
        async *list() {
          try {
            yield sampleRecord()
            yield sampleRecord({ tenantId: 't2' })
          } finally {
            closed = true
          }
        },
      }),
    )
    for await (const _record of store.list({})) break
    expect(closed).toBe(true)
  })

  it('is guarded once', () => {
    const store = guardStore(storeOf({}))
    expect(guardStore(store)).toBe(store)
    expect(store.coordinator).toBeUndefined()
  })
})

describe('a guarded coordinator', () => {
  const guarded = (coordinator: Coordinator) =>
    guardStore(storeOf({ coordinator })).coordinator ?? coordinator
  const failing: Coordinator = {
    claim: () => Promise.reject(secretError()),
    withLease: () => Promise.reject(secretError()),
  }
  const hanging: Coordinator = { claim: never, withLease: never }

  it('turns failures into store_failed', async () => {
    const coordinator = guarded(failing)
    const failure = { code: 'store_failed', cause: { code: '57P01' } }
    await expect(coordinator.claim('key', 1)).rejects.toMatchObject(failure)
    await expect(coordinator.withLease('key', 1, async () => 1)).rejects.toMatchObject(failure)
  })

  it('does not wait without end', async () => {
    const coordinator = guarded(hanging)
    const failure = { code: 'store_failed' }
    const claim = expect(coordinator.claim('key', 1)).rejects.toMatchObject(failure)
    const lease = expect(coordinator.withLease('key', 1_000, async () => 1)).rejects.toMatchObject(failure)
    await vi.advanceTimersByTimeAsync(6_000)
    await Promise.all([claim, lease])
  })

  it('leaves the work its time and its own errors', async () => {
    const coordinator = guarded({ claim: async () => true, withLease: (_key, _ttl, run) => run() })
    const slow = coordinator.withLease(
      'key',
      1_000,
      () => new Promise((resolve) => setTimeout(resolve, 60_000, 'done')),
    )
    await vi.advanceTimersByTimeAsync(60_000)
    expect(await slow).toBe('done')
    const error = new RangeError('of the work')
    await expect(coordinator.withLease('key', 1_000, () => Promise.reject(error))).rejects.toBe(error)
  })

  it('keeps the outcome of work whose lease could not be given back', async () => {
    const coordinator = guarded({
      claim: async () => true,
      async withLease(_key, _ttl, run) {
        await run()
        throw secretError()
      },
    })
    expect(await coordinator.withLease('key', 1_000, async () => 'rotated token')).toBe('rotated token')
  })

  it('does not begin work that nobody waits for any more', async () => {
    let begin: () => void = () => undefined
    const coordinator = guarded({
      claim: async () => true,
      async withLease(_key, _ttl, run) {
        await new Promise<void>((resolve) => {
          begin = resolve
        })
        return run()
      },
    })
    let ran = false
    const lease = coordinator.withLease('key', 1_000, async () => {
      ran = true
    })
    const failure = expect(lease).rejects.toMatchObject({ code: 'store_failed' })
    await vi.advanceTimersByTimeAsync(6_000)
    await failure
    begin()
    await vi.advanceTimersByTimeAsync(0)
    expect(ran).toBe(false)
  })
})

describe('resolveStore', () => {
  it('refuses what is neither a store nor a Keyv', () => {
    const anything: unknown = new Map()
    expect(() => Reflect.apply(resolveStore, undefined, [anything, 'x'])).toThrowError(
      expect.objectContaining({ code: 'config_invalid' }),
    )
  })

  it('guards a store of somebody’s own and leaves ours', async () => {
    const ours = memoryStore()
    expect(resolveStore(ours, 'unused')).toBe(ours)
    const theirs = resolveStore(storeOf({ load: () => Promise.reject(secretError()) }), 'unused')
    await expect(theirs.load(sampleKey)).rejects.toMatchObject({ code: 'store_failed' })
  })
})
