import { expect, it } from 'vitest'
import { memoryStore } from '../../src/stores/memory-store.ts'
import type { Ledger } from '../../src/sync/ledger.ts'
import { createPlaces } from '../../src/sync/places.ts'
import type { SyncStore } from '../../src/types.ts'
import { latch } from '../support/latch.ts'

const ledger = (tenantId: string): Ledger => ({
  format: 1,
  provider: 'shop',
  tenantId,
  connectionId: 'default',
  covered: [],
  count: 0,
  runs: [],
})
const options = { lease: 60_000, clock: () => 1_000 }

function syncs(): SyncStore {
  const { syncs } = memoryStore()
  if (!syncs) throw new Error('a store has syncs')
  return syncs
}

it('a place that is given back while it is being extended is free', async () => {
  const inner = syncs()
  const [loading, go] = [latch(), latch()]
  let isHeld = false
  const store: SyncStore = {
    ...inner,
    async load(id) {
      const found = await inner.load(id)
      if (isHeld) {
        isHeld = false
        loading.resolve()
        await go.promise
      }
      return found
    },
  }
  const places = createPlaces(store, { perProvider: 1 }, options)
  const taken = await places.take(ledger('t1'), 'a')
  isHeld = true
  const extended = taken?.extend()
  await loading.promise
  const released = taken?.release()
  // As far as it comes by itself: this store answers at once.
  await new Promise((resume) => setImmediate(resume))
  go.resolve()
  await Promise.all([extended, released])
  expect(await createPlaces(inner, { perProvider: 1 }, options).take(ledger('t1'), 'b')).toBeDefined()
})

it('one that finds its tenant full keeps no place of the provider from others meanwhile', async () => {
  const inner = syncs()
  const written: string[] = []
  const store: SyncStore = {
    ...inner,
    async save(document, how) {
      written.push(document.id.replace(/-[^-]*$/, ''))
      return inner.save(document, how)
    },
  }
  const places = createPlaces(store, { perProvider: 2, perTenant: 1 }, options)
  expect(await places.take(ledger('t1'), 'a')).toBeDefined()
  written.length = 0
  expect(await places.take(ledger('t1'), 'b')).toBeUndefined()
  expect(written).toEqual([])
})
