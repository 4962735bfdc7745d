import type { StoredConnection } from '../../types.ts'
import { mustEqual } from './assertions.ts'
import { createAll, listed, nameOf, sampleRecord } from './sample-records.ts'
import type { StoreTests } from './token-store.ts'

const count = 400
const soon = new Date('2026-03-01T12:00:00Z')
const later = new Date('2026-03-02T12:00:00Z')

const records = Array.from({ length: count }, (_none, index) =>
  sampleRecord({
    tenantId: `t${String(index).padStart(3, '0')}`,
    expiresAt: new Date(soon.getTime() + ((index * 37) % count)),
  }),
)

function refreshed(record: StoredConnection): StoredConnection {
  return { ...record, version: record.version + 1, expiresAt: later, refreshedAt: later, updatedAt: later }
}

/** What `list` does while the very records are changed, as they are by whoever refreshes what it lists. */
export const changingListTests: StoreTests = {
  async 'lists each record once while what it gives is saved and removed'({ store, other }) {
    await createAll(store, records)
    const seen: string[] = []
    let changes = 0
    for await (const record of listed(store, { provider: 'slack' })) {
      seen.push(nameOf(record))
      changes += 1
      if (changes % 3 === 0) await other.remove(record)
      else if (changes % 3 === 1) await other.save(refreshed(record), { expectedVersion: record.version })
    }
    mustEqual(
      seen.sort(),
      records.map(nameOf),
      'list must give each record once while those it gave are saved and removed (page by key, never by OFFSET): one that is passed over dies unrefreshed, one that comes twice is refreshed twice',
    )
  },

  async 'lists the rest while records ahead of its reader come and go'({ store, other }) {
    await createAll(store, records)
    const seen: string[] = []
    const removed = records.filter((_record, index) => index % 4 === 1)
    const saved = records.filter((_record, index) => index % 4 === 3)
    for await (const record of listed(store)) {
      seen.push(nameOf(record))
      if (seen.length !== 3) continue
      await Promise.all(removed.map((key) => other.remove(key)))
      await Promise.all(saved.map((key) => other.save(refreshed(key), { expectedVersion: key.version })))
      const added = removed.map((key) => ({ ...key, connectionId: 'later' }))
      await createAll(other, added)
    }
    mustEqual(
      seen.length - new Set(seen).size,
      0,
      'list must give no record twice while others are saved and removed: it would be refreshed twice',
    )
    const stayed = records.filter((record) => !removed.includes(record)).map(nameOf)
    const found = new Set(seen)
    mustEqual(
      stayed.filter((name) => !found.has(name)),
      [],
      'list must give every record that was there all the time, whatever else is saved and removed: one that is passed over dies unrefreshed',
    )
  },

  async 'lists to its end while each that is due is refreshed and no longer matches'({ store, other }) {
    await createAll(store, records)
    const due = { expiresBefore: new Date(soon.getTime() + count) }
    const seen: string[] = []
    for await (const record of listed(store, due)) {
      seen.push(nameOf(record))
      await other.save(refreshed(record), { expectedVersion: record.version })
    }
    mustEqual(
      seen.sort(),
      records.map(nameOf),
      'list by expiresBefore must give everything that was due, while what it gave is refreshed and no longer matches: what it passes over expires',
    )
  },
}
