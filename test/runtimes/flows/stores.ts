import { fileStore, keyvStore, memoryStore, type TokenStore } from 'latchkey'
import { postgresStore } from 'latchkey/stores/postgres'
import { redisStore } from 'latchkey/stores/redis'
import { backfill } from './backfill.ts'
import { conformance } from './conformance.ts'
import { life } from './life.ts'
import { type Flow, type Flows, rejectsWith, type World } from './world.ts'

/** Opens a store on data of its own, as another process would: each call on the same data. */
type Opening = (world: World) => Promise<{ open(): TokenStore; remove(): Promise<void> }>

const nothing = async () => undefined

const inMemory: Opening = async () => {
  const store = memoryStore()
  return { open: () => store, remove: nothing }
}

const keyvOnMap: Opening = async () => {
  const { Keyv } = await import('keyv')
  const keyv = new Keyv()
  return { open: () => keyvStore(keyv), remove: nothing }
}

const file: Opening = async ({ setup }) => {
  const path = `${setup.folder}/${crypto.randomUUID()}`
  return { open: () => fileStore(path), remove: nothing }
}

const redis: Opening = async ({ setup }) => {
  const { redisUrl: url = '' } = setup
  const prefix = `runtimes:${crypto.randomUUID()}`
  return {
    open: () => redisStore({ url, prefix }),
    async remove() {
      const { createClient } = await import('redis')
      const client = await createClient({ url }).connect()
      for await (const keys of client.scanIterator({ MATCH: `*${prefix}*`, COUNT: 1_000 }))
        if (keys.length > 0) await client.del(keys)
      client.destroy()
    },
  }
}

const postgres: Opening = async ({ setup }) => {
  const { postgresUrl: connectionString = '' } = setup
  const table = `runtimes_${crypto.randomUUID().replaceAll('-', '').slice(0, 12)}`
  const first = postgresStore({ connectionString, table })
  await first.ensureSchema()
  await first.close?.()
  return {
    open: () => postgresStore({ connectionString, table }),
    async remove() {
      const { default: pg } = await import('pg')
      const client = new pg.Client({ connectionString })
      await client.connect()
      const { rows } = await client.query<{ name: string }>(
        'SELECT tablename AS name FROM pg_tables WHERE tablename LIKE $1',
        [`${table}%`],
      )
      for (const { name } of rows) await client.query(`DROP TABLE ${name}`)
      await client.end()
    },
  }
}

/** The life of a connection, and a backfill. */
function used(opening: Opening): Flow {
  return async (world) => {
    const { open, remove } = await opening(world)
    const store = open()
    try {
      return [await life(world, store), await backfill(world, store)].join('; ')
    } finally {
      await store.close?.()
      await remove()
    }
  }
}

/** latchkey's own conformance suites. */
function judged(opening: Opening): Flow {
  return (world) => conformance(() => opening(world))
}

/** What a runtime without a disk is told that leaves the store out, and so gets the embedded one. */
const withoutDisk: Flow = async ({ setup: { folder } }) => {
  const store = fileStore(`${folder ?? '/tmp'}/none`)
  const key = { provider: 'github', tenantId: 't1', connectionId: 'default' }
  const { message, hint } = await rejectsWith('config_invalid', store.load(key))
  return `${message} ${hint}`
}

export const storeFlows: Flows = {
  'store-memory': used(inMemory),
  'store-keyv': used(keyvOnMap),
  'store-file': used(file),
  'store-redis': used(redis),
  'store-postgres': used(postgres),
}

/** Each on a store of its own, so that they can run at once. */
export const suiteFlows: Flows = {
  'suite-keyv': judged(keyvOnMap),
  'suite-file': judged(file),
  'suite-redis': judged(redis),
  'suite-postgres': judged(postgres),
}

/** No suites: they keep connections longer than the request that opened them. */
export const workerStoreFlows: Flows = { ...storeFlows, 'store-file': withoutDisk }
