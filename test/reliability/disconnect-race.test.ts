import { afterEach, describe, expect, it, vi } from 'vitest'
import { describeWithPostgres, describeWithRedis } from '../support/servers.ts'
import type { StoreKind } from '../support/store-spec.ts'
import { newStore } from './new-store.ts'
import { type Setting, startSetting } from './setting.ts'

let setting: Setting | undefined
afterEach(async () => {
  await setting?.close()
  setting = undefined
})

/** A refresh in the first process, held at the provider; `processed`: the provider has rotated already. */
async function heldRefresh(kind: StoreKind, processed: boolean, leaseMs?: number) {
  const started = await startSetting({
    store: newStore(kind),
    manner: 'strict',
    workers: 2,
    ...(leaseMs !== undefined && { leaseMs }),
  })
  setting = started
  let release: () => void = () => undefined
  const until = new Promise<void>((resolve) => {
    release = resolve
  })
  started.simulated.mock.fault({ kind: 'slow', on: 'refresh', until, processed })
  const [refresher, other] = started.workers
  if (!refresher || !other) throw new Error('there are two')
  const refreshing = refresher.call({ do: 'refresh', ...started.whom })
  await vi.waitUntil(() => started.simulated.refreshRequests() === 1, { timeout: 10_000, interval: 5 })
  return { ...started, refresher, other, refreshing, release }
}

async function expectEnded({ client, simulated, issued }: Pick<Setting, 'client' | 'simulated' | 'issued'>) {
  expect(await client.getConnection({ tenantId: 't1' })).toBeUndefined()
  const { accessTokens, refreshTokens } = issued()
  for (const token of accessTokens) expect(await simulated.accepts(token)).toBe(false)
  for (const token of refreshTokens) expect(await simulated.renews(token)).toBe(false)
  return accessTokens.length
}

const none = { tokens: {}, errors: {}, statuses: {}, counts: {} }

function races(kind: StoreKind): void {
  it('waits for a refresh under way, and revokes what that has brought', async () => {
    const held = await heldRefresh(kind, false)
    const disconnecting = held.other.call({ do: 'disconnect', ...held.whom })
    // Long enough for one that does not wait to have come to its end.
    const waits = new Promise((resolve) => setTimeout(resolve, 300, 'waits'))
    expect(await Promise.race([disconnecting, waits])).toBe('waits')
    held.release()
    expect(await held.refreshing).toEqual({ ...none, counts: { refreshed: 1 } })
    expect(await disconnecting).toEqual({ ...none, counts: { revoked: 1 } })
    const [revocation] = held.simulated.mock.requests.filter(({ endpoint }) => endpoint === 'revocation')
    expect(revocation?.body.token).toBe(held.issued().refreshTokens.at(-1))
    expect(await expectEnded(held)).toBe(2)
  })

  it('does not wait for a holder that exceeds its lease; its late answer brings nothing back', async () => {
    const held = await heldRefresh(kind, true, 700)
    expect(await held.other.call({ do: 'disconnect', ...held.whom })).toEqual({
      ...none,
      counts: { revoked: 1 },
    })
    held.release()
    expect(await held.refreshing).toEqual({ ...none, errors: { connection_not_found: 1 } })
    expect(await expectEnded(held)).toBe(2)
  })

  it('leaves the last token to the late holder to revoke, where its own revocation failed', async () => {
    const held = await heldRefresh(kind, true, 700)
    held.simulated.mock.fault({ kind: 'server-error', on: 'revocation' })
    expect(await held.other.call({ do: 'disconnect', ...held.whom })).toEqual({
      ...none,
      counts: { 'not revoked': 1 },
    })
    held.release()
    expect(await held.refreshing).toEqual({ ...none, errors: { connection_not_found: 1 } })
    expect(await expectEnded(held)).toBe(2)
  })

  it('stands against a process that was stopped in the middle of its refresh', async () => {
    const held = await heldRefresh(kind, true, 700)
    held.refresher.pause()
    held.release()
    expect(await held.other.call({ do: 'disconnect', ...held.whom })).toEqual({
      ...none,
      counts: { revoked: 1 },
    })
    held.refresher.resume()
    expect(await held.refreshing).toEqual({ ...none, errors: { connection_not_found: 1 } })
    expect(await expectEnded(held)).toBe(2)
  })
}

describe('a disconnect while another process refreshes', () => {
  describe('on LMDB', () => races('lmdb'))
})
describeWithRedis('a disconnect while another process refreshes, on Redis', () => races('redis'))
describeWithPostgres('a disconnect while another process refreshes, on Postgres', () => races('postgres'))
