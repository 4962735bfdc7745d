import { randomUUID } from 'node:crypto'
import { must, mustEqual, outcomeOf, within } from './assertions.ts'
import type { CoordinatorTests } from './coordinator.ts'
import { hold } from './hold-lease.ts'

/** ms by which a backend's rounding may differ from this clock. */
const rounding = 20

/** What becomes of a lease whose holder has died, or has stalled and comes back. */
export const lostLeaseTests: CoordinatorTests = {
  async 'frees the lease of a holder that died, when its time is over and not before'({ one, two }) {
    const key = randomUUID()
    const ttlMs = 250
    const began = performance.now()
    // A holder whose work never ends is one that has died, to everybody else.
    const dead = await hold(one, key, ttlMs)
    const next = two.withLease(key, 60_000, async () => performance.now() - began)
    const after = await within(
      next,
      `a lease must end by itself after its ttlMs (${ttlMs} here; read as milliseconds?): else a process that was killed blocks the connection for good`,
    )
    must(
      after >= ttlMs - rounding,
      'a lease must last for all of its ttlMs: else a second process refreshes the same token while the first still does',
    )
    await dead.release()
  },

  async 'lets a holder that comes back late free nothing'({ one, two }) {
    const key = randomUUID()
    const late = await hold(one, key, 100)
    const second = await hold(two, key, 60_000)
    mustEqual(
      await late.release(),
      key,
      'work that outlived its lease was done all the same: its result must reach its caller',
    )
    const third = await within(
      outcomeOf(one.withLease(key, 100, async () => 'third')),
      'a waiter must give up when it has waited for its own ttlMs',
    )
    must(
      'error' in third,
      'only its owner may release a lease (compare an owner token): a late holder that frees its successor’s lets a third run beside it',
    )
    await second.release()
    const free = 'the owner must still be able to release it'
    mustEqual(
      await within(
        one.withLease(key, 60_000, async () => 'free'),
        free,
        1_500,
      ),
      'free',
      free,
    )
  },
}
