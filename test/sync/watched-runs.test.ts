import { describe, expect, it } from 'vitest'
import type { HistoricalSyncRun } from '../../src/sync/types.ts'
import { engines, ref, request } from './engine-under-test.ts'

const { engine } = engines()

describe('watch', () => {
  it('tells each run as it stands, then its changes, also those of other processes, of this tenant alone', async () => {
    const it = engine(async (_window, { report }) => report({ records: 1 }))
    const elsewhere = engine(undefined, { syncs: it.store })
    await it.sync.start(request(14))
    await it.sync.start({ ...request(14), tenantId: 'other' })
    const end = new AbortController()
    const seen: HistoricalSyncRun[] = []
    for await (const run of elsewhere.sync.watch({ tenantId: 't1', signal: end.signal })) {
      seen.push(run)
      if (seen.length === 1) await it.sync.work([it.client])
      if (run.status === 'completed') end.abort()
    }
    expect(seen[0]).toMatchObject({ status: 'pending' })
    expect(seen.every(({ tenantId }) => tenantId === 't1')).toBe(true)
    const fractions = seen.map(({ progress }) => progress.fraction)
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b))
    expect(fractions.at(-1)).toBe(1)
  })

  it('tells nothing twice, and ends with its signal', async () => {
    const it = engine()
    await it.sync.start(request(1))
    const end = new AbortController()
    const seen: string[] = []
    const watching = (async () => {
      for await (const { connectionId, status } of it.sync.watch({ tenantId: 't1', signal: end.signal }))
        seen.push(`${connectionId} ${status}`)
    })()
    await expect.poll(() => seen).toEqual(['default pending'])
    await it.sync.pause(ref)
    await expect.poll(() => seen, { timeout: 3_000 }).toContain('default paused')
    // A look that has another one's change to tell has looked at this one again.
    await it.sync.start({ ...request(1), connectionId: 'second' })
    await expect.poll(() => seen, { timeout: 3_000 }).toContain('second pending')
    end.abort()
    await watching
    expect(seen).toEqual(['default pending', 'default paused', 'second pending'])
  })

  it('can be one connection’s', async () => {
    const it = engine()
    await it.sync.start(request(1))
    await it.sync.start({ ...request(1), connectionId: 'second' })
    const end = new AbortController()
    for await (const run of it.sync.watch({ tenantId: 't1', connectionId: 'second', signal: end.signal })) {
      expect(run.connectionId).toBe('second')
      end.abort()
    }
  })
})
