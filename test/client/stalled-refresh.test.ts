import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Coordinator } from '../../src/types.ts'
import { type Acme, failure, startAcme } from '../support/connected.ts'

let acme: Acme
beforeEach(async () => {
  acme = await startAcme()
})
afterEach(async () => {
  vi.restoreAllMocks()
  await acme.close()
})

/** Lets everybody in, as a backend does once a lease has ended. */
const open: Coordinator = { claim: async () => true, withLease: (_key, _ttl, run) => run() }

/** A process that stands still for so long as soon as it has its lease: nothing of its own tells it but the clocks. */
function stalls(ms: number, clock: 'monotonic' | 'wall'): Coordinator {
  return {
    ...open,
    withLease: async (_key, _ttl, run) => {
      const [monotonic, wall] = [performance.now.bind(performance), Date.now.bind(Date)]
      let stalled = 0
      if (clock === 'monotonic') vi.spyOn(performance, 'now').mockImplementation(() => monotonic() + stalled)
      else vi.spyOn(Date, 'now').mockImplementation(() => wall() + stalled)
      const running = run()
      stalled = ms
      return running
    },
  }
}

describe('a process that stands still inside its lease', () => {
  it.each(['monotonic', 'wall'] as const)(
    'sends nothing when it goes on after its end, by its %s clock',
    async (clock) => {
      await acme.connected()
      acme.endpoints['/token'] = acme.rotating
      acme.pass(3_600_000)
      const other = acme.client({ coordinator: open })
      const stalled = acme.client({
        coordinator: stalls(60_000, clock),
      })
      expect(await failure(stalled.getAccessToken(acme.ref))).toMatchObject({
        code: 'timeout',
        retryable: true,
      })
      expect(acme.sentRefreshTokens()).toEqual([])
      expect(await other.getAccessToken(acme.ref)).toBe('at-2')
    },
  )

  it('uses what somebody else has stored meanwhile', async () => {
    await acme.connected()
    acme.endpoints['/token'] = acme.rotating
    acme.pass(3_600_000)
    const other = acme.client({ coordinator: open })
    let loads = 0
    const stalled = acme.client({
      coordinator: stalls(60_000, 'monotonic'),
      store: {
        ...acme.store,
        async load(key) {
          const record = await acme.store.load(key)
          // Between the look inside the lease and the request.
          loads += 1
          if (loads === 2) await other.refresh(acme.ref)
          return record
        },
      },
    })
    expect(await stalled.getAccessToken(acme.ref)).toBe('at-2')
    expect(acme.sentRefreshTokens()).toEqual(['rt-1'])
  })

  it('goes on where enough of it is left', async () => {
    await acme.connected()
    acme.endpoints['/token'] = acme.rotating
    acme.pass(3_600_000)
    const slow = acme.client({ coordinator: stalls(20_000, 'wall') })
    expect(await slow.getAccessToken(acme.ref)).toBe('at-2')
  })
})
