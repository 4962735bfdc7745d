import { fileStore, keyvStore, memoryStore, type TokenStore } from 'latchkey'
import { postgresStore } from 'latchkey/stores/postgres'
import { redisStore } from 'latchkey/stores/redis'
import { backfill } from './backfill.ts'
import { conformance } from './conformance.ts'
import { life } from './life.ts'
import { type Flow, type Flows, rejectsWith, type World } from './world.ts'

/** A kind of store. `place` gives an empty one each time; `end` removes all that was made. */
export interface Places {
  /** Each call of `open` is another store on the same data, as another process would have it. */
  place(): Promise<{ open(): TokenStore }>
  end(): Promise<void>
}

type Opening = (world: World) => Promise<Places>

const nothing = async () => undefined

const inMemory: Opening = async () => ({
  async place() {
    const store = memoryStore()
    return { open: () => store }
  },
  end: nothing,
})

const keyvOnMap: Opening = async () => {
  const { Keyv } = await import('keyv')
  return {
    async place() {
      const keyv = new Keyv()
      return { open: () => keyvStore(keyv) }
    },
    end: nothing,
  }
}

const file: Opening = async ({ setup }) => ({
  async place() {
    const path = `${setup.folder}/${crypto.randomUUID()}`
    return { open: () => fileStore(path) }
  },
  // The folder of the run goes as a whole.
  end: nothing,
})

const redis: Opening = async ({ setup }) => {
  const { redisUrl: url = '' } = setup
  const family = `runtimes:${crypto.randomUUID()}`
  return {
    async place() {
      const prefix = `${family}:${crypto.randomUUID()}`
      return { open: () => redisStore({ url, prefix }) }
    },
    async end() {
      const { createClient } = await import('redis')
      const client = await createClient({ url }).connect()
      for await (const keys of client.scanIterator({ MATCH: `*${family}*`, COUNT: 1_000 }))
        if (keys.length > 0) await client.del(keys)
      client.destroy()
    },
  }
}

const postgres: Opening = async ({ setup }) => {
  const { postgresUrl: connectionString = '' } = setup
  const { default: pg } = await import('pg')
  const table = `runtimes_${crypto.randomUUID().replaceAll('-', '').slice(0, 12)}`
  const first = postgresStore({ connectionString, table })
  await first.ensureSchema()
  await first.close?.()
  const client = new pg.Client({ connectionString })
  await client.connect()
  const { rows } = await client.query<{ name: string }>(
    'SELECT tablename AS name FROM pg_tables WHERE tablename LIKE $1',
    [`${table}%`],
  )
  const tables = rows.map(({ name }) => name).join(', ')
  return {
    async place() {
      await client.query(`TRUNCATE ${tables}`)
      return { open: () => postgresStore({ connectionString, table }) }
    },
    async end() {
      await client.query(`DROP TABLE ${tables}`)
      await client.end()
    },
  }
}

/** The life of a connection, and a backfill. */
function used(opening: Opening): Flow {
  return async (world) => {
    const places = await opening(world)
    const store = (await places.place()).open()
    try {
      return [await life(world, store), await backfill(world, store)].join('; ')
    } finally {
      await store.close?.()
      await places.end()
    }
  }
}

/** latchkey's own conformance suites. */
function judged(opening: Opening): Flow {
  return async (world) => {
    const places = await opening(world)
    try {
      return await conformance(places)
    } finally {
      await places.end()
    }
  }
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
