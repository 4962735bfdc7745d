import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import Keyv from 'keyv'
import { fileStore, keyvStore, memoryStore, type StoredConnection, type TokenStore } from 'latchkey'
import { open } from 'lmdb'
import { oneByOne } from '../measure/loops.ts'
import { type Contender, measureInRounds, named, ratioOf, summarise } from '../measure/rounds.ts'
import { report } from '../report/outcome.ts'
import { codeOf, tokenFor } from '../setting/acme.ts'
import { installedFolder, isQuick } from '../setting/environment.ts'
import { fill, offlineClient, tenant } from '../setting/fill.ts'

// A token that still lives, from each store, one call at a time: of 1,000 connections in turn, and of so many in turn that
// none of them has been opened lately. The floor reads the very text that the store reads,
// by the backend's own call, and opens as many bytes under AES-256-GCM as the record has sealed. It decodes nothing,
// and decides nothing: not whose record it is, not whether the token has expired. Between the two stands the store's own
// `load`, which answers with a record, and one such opening.

const connections = isQuick ? 10 : 1_000
/** Far more than a client keeps opened. */
const many = isQuick ? 20 : 5_000

/** A store, and how its backend reads one record without it. */
interface Place {
  readonly name: string
  readonly store: TokenStore
  readonly bareRead: (index: number) => Promise<unknown> | unknown
}

const records: StoredConnection[] = []
const measured = []
for (const place of [await memory(), await lmdb(), await keyv()]) {
  const mine = contendersAt(place)
  measured.push({ place, rows: await measureInRounds(mine) })
}

const rows = measured.flatMap(({ place, rows }) => {
  const floor = named(rows, floorOf(place))
  return rows.map((each) => {
    const { name, rate, spread, cost } = summarise(each)
    return [name, rate, 1e6 / rate, spread, cost, 1 / ratioOf(each, floor)]
  })
})
report({
  scenario: 'get-access-token',
  tables: [
    {
      title: 'getAccessToken, still valid',
      columns: [
        { title: 'what', unit: 'text' },
        { title: 'calls', unit: 'per-second' },
        { title: 'each', unit: 'us' },
        { title: 'spread', unit: 'spread' },
        { title: 'processor', unit: 'us' },
        { title: 'time ÷ floor', unit: 'ratio' },
      ],
      rows,
    },
  ],
  verdicts: measured.flatMap(({ place, rows }) => [
    ...[ownOf(place), rareOf(place)].map((what) => {
      const times = 1 / ratioOf(named(rows, what), named(rows, floorOf(place)))
      return {
        what,
        target: 'within 2 × the bare read plus one AES-GCM open',
        measured: `${times.toFixed(2)} ×`,
        met: times <= 2,
      }
    }),
    {
      what: ownOf(place),
      target: 'above 150k/s',
      measured: `${(summarise(named(rows, ownOf(place))).rate / 1000).toFixed(0)}k/s`,
      met: summarise(named(rows, ownOf(place))).rate > 150_000,
    },
  ]),
})
await Promise.all(measured.map(({ place }) => place.store.close?.()))

function ownOf({ name }: Place): string {
  return `getAccessToken, ${name}`
}

function rareOf({ name }: Place): string {
  return `getAccessToken, ${name}, none opened lately`
}

function loadOf({ name }: Place): string {
  return `the store’s load and AES-GCM, ${name}`
}

function floorOf({ name }: Place): string {
  return `floor: bare read and AES-GCM, ${name}`
}

function contendersAt(place: Place): Contender[] {
  const { store, bareRead } = place
  const client = offlineClient(store)
  const open = opener(records[0]?.sealed ?? '')
  const refs = records.map(({ tenantId }) => ({ tenantId }))
  const rare = offlineClient(store)
  const others = Array.from({ length: many }, (_, index) => ({ tenantId: tenant(index) }))
  const at = <T>(list: readonly T[], index: number): T => {
    const found = list[index % connections]
    if (found === undefined) throw new Error('nothing there')
    return found
  }
  const isAsync = bareRead(0) instanceof Promise
  return [
    {
      name: ownOf(place),
      run: oneByOne((index) => client.getAccessToken(at(refs, index))),
      async check() {
        for (const [index, ref] of refs.slice(0, connections).entries())
          if ((await client.getAccessToken(ref)) !== tokenFor(codeOf(index)))
            throw new Error(`${place.name}: not the token of ${ref.tenantId}`)
      },
    },
    {
      name: rareOf(place),
      run: oneByOne((index) => rare.getAccessToken(others[index % many] ?? { tenantId: '' })),
      async check() {
        const index = many - 1
        if ((await rare.getAccessToken({ tenantId: tenant(index) })) !== tokenFor(codeOf(index)))
          throw new Error(`${place.name}: not the token of the last`)
      },
    },
    {
      name: loadOf(place),
      async run(count) {
        for (let index = 0; index < count; index++) {
          await store.load(at(records, index))
          open()
        }
      },
      async check() {
        for (const record of records)
          if ((await store.load(record))?.sealed !== record.sealed)
            throw new Error(`${place.name}: not the record of ${record.tenantId}`)
      },
    },
    {
      name: floorOf(place),
      async run(count) {
        for (let index = 0; index < count; index++) {
          const read = bareRead(index % connections)
          if (isAsync) await read
          open()
        }
      },
      async check() {
        for (const [index, { sealed }] of records.entries())
          if (!JSON.stringify(await bareRead(index)).includes(sealed))
            throw new Error(`${place.name}: the bare read of ${index} is not the record`)
      },
    },
  ]
}

/** Opens as many bytes as a record's sealed part has. */
function opener(sealed: string): () => Buffer {
  const length = Buffer.from(sealed.slice(sealed.indexOf('.') + 1), 'base64url').length - 28
  const key = randomBytes(32)
  const iv = randomBytes(12)
  const associated = Buffer.from(JSON.stringify(['latchkey tokens', 'acme', tenant(0), 'default']))
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(associated)
  const bytes = Buffer.concat([cipher.update(randomBytes(length)), cipher.final()])
  const tag = cipher.getAuthTag()
  return () => {
    const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: 16 })
    decipher.setAAD(associated).setAuthTag(tag)
    return Buffer.concat([decipher.update(bytes), decipher.final()])
  }
}

async function memory(): Promise<Place> {
  const store = memoryStore()
  await fill(store, 0, many)
  for (let index = 0; index < many; index++) {
    const record = await store.load(keyOf(index))
    if (record) records.push(record)
  }
  const texts = new Map(records.map((record, index) => [nameOf(index), JSON.stringify(record)]))
  return { name: 'memory', store, bareRead: (index) => texts.get(nameOf(index)) }
}

async function lmdb(): Promise<Place> {
  const path = join(installedFolder(), 'get-access-token.lmdb')
  const copy = `${path}.bare`
  const filling = fileStore(path)
  await refill(filling)
  await filling.close?.()
  // LMDB does not like one directory to be opened twice in one process.
  cpSync(path, copy, { recursive: true })
  const root = open<unknown, string>({ path: copy, noSubdir: false, maxDbs: 8 })
  const bare = root.openDB<string, string>('connections', { encoding: 'string' })
  return { name: 'LMDB', store: fileStore(path), bareRead: (index) => bare.get(nameOf(index)) }
}

async function keyv(): Promise<Place> {
  const map = new Map<string, unknown>()
  const store = keyvStore(new Keyv({ store: map }))
  await refill(store)
  const bare = new Keyv({ store: map })
  const keys = [...map.keys()].map((key) => key.replace(/^keyv:/, ''))
  const byTenant = records.map(({ tenantId }) => keys.find((key) => key.includes(tenantId)) ?? '')
  return { name: 'Keyv on a Map', store, bareRead: (index) => bare.get(byTenant[index] ?? '') }
}

/** The same records in every place. */
async function refill(store: TokenStore): Promise<void> {
  await Promise.all(records.map((record) => store.save(record, { expectedVersion: null })))
}

function keyOf(index: number) {
  return { provider: 'acme', tenantId: tenant(index), connectionId: 'default' }
}

/** As the file store names a record of plain ids. */
function nameOf(index: number): string {
  return `acme|${tenant(index)}|default`
}
