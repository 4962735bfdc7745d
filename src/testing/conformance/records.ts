import { isDate } from 'node:util/types'
import { must, mustEqual } from './assertions.ts'
import {
  collect,
  create,
  createAll,
  fullRecord,
  mustBeRecord,
  sampleKey,
  sampleRecord,
} from './sample-records.ts'
import type { StoreTests } from './token-store.ts'

const givenBack =
  'load must give back every field as it was saved: what is lost or changed here is lost for good'
const milliseconds =
  'dates must keep their milliseconds and any year: a date that is rounded makes a token look alive when it is not'

/** What is saved is what is there. */
export const recordTests: StoreTests = {
  async 'answers undefined, false and nothing for what was never there'({ store }) {
    mustEqual(
      await store.load(sampleKey),
      undefined,
      'load must answer undefined for what is not there: a record made from nothing is no connection',
    )
    mustEqual(
      await store.remove(sampleKey),
      false,
      'remove must answer false for what is not there: true says that a connection was ended',
    )
    mustEqual(
      await collect(store, {}),
      [],
      'list must be empty in an empty store: does make() give a new one?',
    )
  },

  async 'gives back a record with the least'({ store }) {
    const record = sampleRecord()
    mustEqual(await create(store, record), true, 'save must answer true when it has saved')
    mustBeRecord(await store.load(record), record, givenBack)
    const [found] = await collect(store, {})
    mustBeRecord(found, record, 'list must give what load gives')
  },

  async 'gives back a record with everything'({ store }) {
    mustEqual(await create(store, fullRecord), true, 'save must answer true when it has saved')
    mustBeRecord(await store.load(fullRecord), fullRecord, givenBack)
    const [found] = await collect(store, {})
    mustBeRecord(found, fullRecord, 'list must give what load gives')
  },

  async 'replaces a record whole'({ store }) {
    await create(store, fullRecord)
    const least = sampleRecord({ version: 8 })
    await store.save(least, { expectedVersion: 7 })
    mustBeRecord(
      await store.load(sampleKey),
      least,
      'save must replace the whole record, absent fields included: an expiresAt that stays behind from the token before ' +
        'makes a token that never ends be refreshed for ever',
    )
    const full = { ...fullRecord, version: 9 }
    await store.save(full, { expectedVersion: 8 })
    mustBeRecord(await store.load(sampleKey), full, 'save must replace the whole record, new fields included')
  },

  async 'keeps dates to the millisecond'({ store }) {
    const record = sampleRecord({
      createdAt: new Date('1999-12-31T23:59:59.999Z'),
      connectedAt: new Date('2026-03-29T01:30:00.001Z'),
      updatedAt: new Date('2026-10-25T01:30:00.501Z'),
      refreshedAt: new Date('2026-01-01T00:00:00.250Z'),
      expiresAt: new Date('2026-02-28T23:59:59.499Z'),
      refreshTokenExpiresAt: new Date('2099-01-01T00:00:00.007Z'),
    })
    await create(store, record)
    mustBeRecord(await store.load(record), record, milliseconds)
    const [found] = await collect(store, {})
    mustBeRecord(found, record, milliseconds)
  },

  async 'is not changed by changes to what it was given or gave'({ store }) {
    const scopes = ['a']
    const params: Record<string, string> = { shop: 'a' }
    const record = sampleRecord({ scopes, params, updatedAt: new Date(1_000) })
    await create(store, record)
    scopes.push('b')
    params.shop = 'b'
    record.updatedAt.setTime(0)
    const loaded = await store.load(sampleKey)
    if (isDate(loaded?.updatedAt)) loaded.updatedAt.setTime(5)
    for (const found of await collect(store, {})) if (isDate(found.updatedAt)) found.updatedAt.setTime(6)
    mustBeRecord(
      await store.load(sampleKey),
      sampleRecord({ scopes: ['a'], params: { shop: 'a' }, updatedAt: new Date(1_000) }),
      'a store must keep a copy: else what a hook does to its copy of a connection is done to the store',
    )
  },

  async 'shows a save to the very next load, from any handle'({ store, other }) {
    const stale =
      'a save must be visible to the next load, of every process: one that reads an older record uses a refresh token that is spent'
    await create(store, sampleRecord({ sealed: 'k.1' }))
    mustEqual((await other.load(sampleKey))?.sealed, 'k.1', stale)
    for (let version = 2; version <= 10; version++) {
      const [writer, reader] = version % 2 === 0 ? [other, store] : [store, other]
      const record = sampleRecord({ version, sealed: `k.${version}` })
      await writer.save(record, { expectedVersion: version - 1 })
      mustEqual((await reader.load(sampleKey))?.sealed, record.sealed, stale)
      mustEqual((await collect(reader, { tenantId: 't1' }))[0]?.sealed, record.sealed, stale)
    }
    await other.remove(sampleKey)
    mustEqual(await store.load(sampleKey), undefined, 'a removed record must be gone for every process')
  },

  async 'keeps other connections as they are'({ store }) {
    const others = [
      sampleRecord({ connectionId: 'second' }),
      sampleRecord({ tenantId: 't2' }),
      sampleRecord({ provider: 'zoom' }),
    ]
    await createAll(store, [sampleRecord(), ...others])
    await store.save(sampleRecord({ version: 2, sealed: 'k.2' }), { expectedVersion: 1 })
    must(await store.remove(sampleKey), 'remove must answer true when it has removed')
    for (const record of others)
      mustBeRecord(
        await store.load(record),
        record,
        'save and remove must touch one connection, named by provider, tenant and connection id together',
      )
  },
}
