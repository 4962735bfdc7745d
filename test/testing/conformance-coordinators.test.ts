import { describe, expect, it } from 'vitest'
import { memoryStore } from '../../src/stores/memory-store.ts'
import { testCoordinator } from '../../src/testing/conformance/index.ts'
import type { Coordinator } from '../../src/types.ts'
import {
  type Board,
  type CoordinatorChoices,
  coordinatorOn,
  newBoard,
  newData,
  storeOn,
} from './conformance-models.ts'
import { runSuite } from './conformance-runner.ts'

const check = (open: (board: Board) => Coordinator) =>
  runSuite((runner) =>
    testCoordinator(() => {
      const board = newBoard()
      return { coordinator: open(board), another: () => open(board) }
    }, runner),
  )

const tick = () => new Promise<void>((resolve) => setImmediate(resolve))
const oneAtATime = 'runs one holder of a lease at a time, and others meanwhile'
const late = 'lets a holder that comes back late free nothing'
const passesOn = 'passes on what the work answers, and frees the lease of work that fails'

/** One defect each: what is wrong, how, and the test that must find it. */
const wrong: readonly (readonly [words: string, choices: CoordinatorChoices, found: string])[] = [
  ['claims in two steps', { pause: tick }, 'grants a claim to exactly one of a hundred'],
  ['takes leases in two steps', { pause: tick }, oneAtATime],
  [
    'never ends a claim',
    { claimMs: () => 60_000 },
    'keeps a claim until its time is over, then grants it to exactly one',
  ],
  [
    'ends claims too soon',
    { claimMs: (ttlMs) => ttlMs / 10 },
    'keeps a claim until its time is over, then grants it to exactly one',
  ],
  ['cuts the keys of claims', { key: (key) => key.slice(0, 255) }, 'keeps claims of different keys apart'],
  ['cuts the keys of leases', { key: (key) => key.slice(0, 255) }, 'keeps leases of different keys apart'],
  ['excludes nobody', { mayTake: () => true }, oneAtATime],
  ['lets a late holder free the lease', { mayRelease: () => true }, late],
  ['lets a waiter wait without end', { patience: () => 60_000 }, 'lets a waiter give up after its time'],
  ['refuses a waiter at once', { patience: () => 0 }, 'gives the lease to a waiter soon after its release'],
  [
    'looks for a release every few seconds',
    { pollMs: 2_000 },
    'gives the lease to a waiter soon after its release',
  ],
  [
    'reads the time of a lease as seconds',
    { leaseMs: (ttlMs) => ttlMs * 1_000 },
    'frees the lease of a holder that died, when its time is over and not before',
  ],
  [
    'ends leases too soon',
    { leaseMs: (ttlMs) => ttlMs / 10 },
    'frees the lease of a holder that died, when its time is over and not before',
  ],
  ['wraps the error of the work', { onError: (error) => new Error('failed', { cause: error }) }, passesOn],
  ['keeps the lease of work that failed', { releaseOnError: false }, passesOn],
  ['holds a connection of a pool for each lease', { slots: 10 }, 'holds many leases at once'],
  [
    'drops the result of work that took too long',
    {
      onLost: () => {
        throw new Error('the lease was lost')
      },
    },
    late,
  ],
]

const wrongOtherwise: readonly (readonly [
  words: string,
  open: (board: Board) => Coordinator,
  found: string,
])[] = [
  ['knows only its own process', () => coordinatorOn(newBoard()), oneAtATime],
  [
    'claims only in its own process',
    () => coordinatorOn(newBoard()),
    'grants a claim to exactly one of a hundred',
  ],
  [
    'swallows the error of the work',
    (board) => {
      const right = coordinatorOn(board)
      return {
        ...right,
        async withLease(key, ttlMs, run) {
          let value: Awaited<ReturnType<typeof run>> | undefined
          await right.withLease(key, ttlMs, async () => {
            value = await run().catch(() => undefined)
          })
          return JSON.parse(JSON.stringify(value ?? null))
        },
      }
    },
    passesOn,
  ],
  [
    'runs the work of a waiter that has given up',
    (board) => {
      const right = coordinatorOn(board, { patience: () => 1_000, pollMs: 5 })
      return {
        ...right,
        withLease(key, ttlMs, run) {
          if (ttlMs !== 100) return right.withLease(key, ttlMs, run)
          const work = right.withLease(key, ttlMs, run)
          const tooLate = new Promise<never>((_resolve, reject) => {
            setTimeout(() => reject(new Error('gave up')), ttlMs)
          })
          return Promise.race([work, tooLate])
        },
      }
    },
    'lets a waiter give up after its time',
  ],
]

describe('testCoordinator', () => {
  it('finds nothing in a coordinator that is right', async () => {
    const { suites, tests, failures } = await check(coordinatorOn)
    expect(failures).toEqual([])
    expect(suites).toEqual(['Coordinator'])
    expect(tests.length).toBe(new Set(tests).size)
  })

  it('takes a store for its own coordinator', async () => {
    const bare = await runSuite((runner) => testCoordinator(memoryStore, runner))
    expect(bare.failures).toEqual([])
    const board = newBoard()
    const open = () => ({ ...storeOn(newData()), coordinator: coordinatorOn(board) })
    const pair = await runSuite((runner) =>
      testCoordinator(() => ({ store: open(), another: open }), { ...runner, name: 'of a store' }),
    )
    expect(pair.failures).toEqual([])
    expect(pair.suites).toEqual(['of a store'])
  })

  it('says so where a store has none', async () => {
    const { tests, failures } = await runSuite((runner) => testCoordinator(() => storeOn(newData()), runner))
    expect(failures).toHaveLength(tests.length)
    expect(failures[0]?.message).toContain(
      'config_invalid - testCoordinator was given a store without a coordinator',
    )
  })

  it.concurrent.each(wrong)('finds a coordinator that %s', async (_words, choices, test) => {
    const { failures } = await check((board) => coordinatorOn(board, choices))
    expect(failures.map((failure) => failure.test)).toContain(test)
  })

  it.concurrent.each(wrongOtherwise)('finds a coordinator that %s', async (_words, open, test) => {
    const { failures } = await check(open)
    expect(failures.map((failure) => failure.test)).toContain(test)
  })
})
