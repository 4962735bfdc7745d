import { randomUUID } from 'node:crypto'
import { latch, looseEnd, must, mustEqual, outcomeOf, within } from './assertions.ts'
import type { CoordinatorTests } from './coordinator.ts'
import { hold } from './hold-lease.ts'

const free = 'a lease that is free must be granted'

export const leaseTests: CoordinatorTests = {
  async 'runs one holder of a lease at a time, and others meanwhile'({ one, two }) {
    const key = randomUUID()
    let running = 0
    let most = 0
    let total = 0
    const work = async () => {
      running += 1
      most = Math.max(most, running)
      const before = total
      // Something else that takes its time, through the same coordinator.
      await two.withLease(`${key}-${randomUUID()}`, 5_000, async () => undefined)
      total = before + 1
      running -= 1
      return total
    }
    const results = await within(
      Promise.all(
        Array.from({ length: 10 }, (_none, index) =>
          (index % 2 === 0 ? one : two).withLease(key, 10_000, work),
        ),
      ),
      'everybody who waits for a lease must get a turn, and work inside a lease may take another one',
    )
    mustEqual(
      most,
      1,
      'only one holder of a lease may run at a time, whichever process it is in: two that refresh one rotating token lose the connection',
    )
    mustEqual(
      [...results].sort((a, b) => a - b),
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      'withLease must run the work of each once and answer with its result',
    )
  },

  async 'keeps leases of different keys apart'({ one, two }) {
    const apart =
      'leases of different keys must not meet, also where the keys are 2,000 characters long and differ in the last (hash the key): else one connection waits for another'
    const stem = `${randomUUID()}${'x'.repeat(1_900)}`
    const held = await hold(one, stem, 60_000)
    for (const key of [`${stem}y`, `${stem}Y`, randomUUID()])
      mustEqual(
        await within(
          two.withLease(key, 60_000, async () => 'done'),
          apart,
        ),
        'done',
        apart,
      )
    await held.release()
  },

  async 'holds many leases at once'({ one }) {
    const many =
      'many leases of different keys must be held at once, and the backend be of use meanwhile (no connection of a pool per lease): refreshes hold a lease and then save, so a pool that leases have emptied never recovers'
    const end = latch()
    const begun = Array.from({ length: 30 }, () => latch())
    const held = begun.map(({ open }) =>
      looseEnd(
        one.withLease(randomUUID(), 60_000, async () => {
          open()
          await end.promise
        }),
      ),
    )
    try {
      await within(Promise.all(begun.map(({ promise }) => promise)), many)
      mustEqual(await within(one.claim(randomUUID(), 60_000), many), true, many)
    } finally {
      end.open()
    }
    await within(Promise.all(held), 'withLease must settle once its work has')
  },

  async 'gives the lease to a waiter soon after its release'({ one, two }) {
    const key = randomUUID()
    const held = await hold(one, key, 60_000)
    let came = false
    const waiter = looseEnd(
      two.withLease(key, 60_000, async () => {
        came = true
        return 'mine'
      }),
    )
    // Long enough that a waiter who asks ever less often has begun to do so.
    await new Promise((resolve) => setTimeout(resolve, 300))
    must(!came, 'nobody else may run while a lease is held')
    await held.release()
    const soon =
      'a waiter must notice the release of a lease within a second, and must wait rather than be refused: requests of users wait behind a refresh'
    mustEqual(await within(waiter, soon, 1_000), 'mine', soon)
  },

  async 'passes on what the work answers, and frees the lease of work that fails'({ one, two }) {
    const key = randomUUID()
    const unchanged =
      "the work's own result and error must pass unchanged: the library tells a dead grant from a network failure by it"
    for (const failure of [
      new TypeError('of the work'),
      Object.assign(new Error('coded'), { code: 'x' }),
      'words',
    ]) {
      const outcome = await outcomeOf(one.withLease(key, 60_000, () => Promise.reject(failure)))
      must('error' in outcome && outcome.error === failure, unchanged)
      const next = two.withLease(key, 60_000, async () => 'next')
      mustEqual(
        await within(next, free),
        'next',
        'a lease must be freed when its work fails: else the retry waits for nothing',
      )
    }
    const answer = { tokens: ['a'] }
    must((await one.withLease(key, 60_000, async () => answer)) === answer, unchanged)
    mustEqual(await one.withLease(key, 60_000, async () => undefined), undefined, unchanged)
  },

  async 'lets a waiter give up after its time'({ one, two }) {
    const key = randomUUID()
    const held = await hold(one, key, 60_000)
    let ran = false
    const waiter = outcomeOf(
      two.withLease(key, 100, async () => {
        ran = true
      }),
    )
    const outcome = await within(
      waiter,
      'a waiter must give up (reject) when it has waited for its own ttlMs: else one holder that hangs hangs everybody',
    )
    must('error' in outcome, 'a waiter that did not get the lease must reject: its work was not done')
    await held.release()
    mustEqual(
      await within(
        one.withLease(key, 60_000, async () => 'free'),
        free,
      ),
      'free',
      free,
    )
    // Time in which it could run, were it still in line.
    await new Promise((resolve) => setTimeout(resolve, 150))
    mustEqual(
      ran,
      false,
      'the work of a waiter that gave up must never run: its caller has been told that it did not',
    )
  },
}
