import { rm } from 'node:fs/promises'
import type { Client } from 'pg'
import type { TokenStore } from '../../src/types.ts'

/**
 * A store that any process can open by its name: the kind, a colon, the directory, prefix, namespace or table. With
 * `@<url>` at its end it is on another server than the tests' own.
 */
export type StoreSpec = `${StoreKind}:${string}`
export type StoreKind = 'lmdb' | 'redis' | 'postgres' | 'postgres-pool' | 'keyv-redis' | 'keyv-postgres'

export interface OpenedStore {
  readonly store: TokenStore
  close(): Promise<void>
}

// Not from test/support/servers.ts, which looks for the servers when it is imported: every worker would.
const redisUrl = () => process.env.REDIS_URL ?? 'redis://127.0.0.1:6379'
const postgresUrl = () => process.env.POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/test'

/** Each driver is loaded where it is needed: a worker starts in a tenth of a second. */
export async function openStore(spec: StoreSpec): Promise<OpenedStore> {
  const [kind, name, url] = split(spec)
  switch (kind) {
    case 'lmdb': {
      const { fileStore } = await import('../../src/stores/file-store.ts')
      return closing(fileStore(name))
    }
    case 'redis': {
      const { redisStore } = await import('../../src/stores/redis/index.ts')
      return closing(redisStore({ url: url ?? redisUrl(), prefix: name }))
    }
    case 'postgres': {
      const { postgresStore } = await import('../../src/stores/postgres/index.ts')
      const store = postgresStore({ connectionString: postgresUrl(), table: name })
      await store.ensureSchema()
      return closing(store)
    }
    case 'postgres-pool': {
      const [{ default: pg }, { postgresStore }] = await Promise.all([
        import('pg'),
        import('../../src/stores/postgres/index.ts'),
      ])
      // An application's own, small: eight processes with ten connections each are most of what a Postgres allows.
      const pool = new pg.Pool({ connectionString: postgresUrl(), max: 4 })
      const store = postgresStore({ pool, table: name })
      await store.ensureSchema()
      return { store, close: () => pool.end() }
    }
    case 'keyv-redis': {
      const [{ default: Keyv }, { default: KeyvRedis }, { keyvStore }] = await Promise.all([
        import('keyv'),
        import('@keyv/redis'),
        import('../../src/stores/keyv-store.ts'),
      ])
      const keyv = new Keyv(new KeyvRedis(redisUrl()), { namespace: name })
      return { store: keyvStore(keyv), close: () => keyv.disconnect() }
    }
    case 'keyv-postgres': {
      const [{ default: Keyv }, { default: KeyvPostgres }, { keyvStore }] = await Promise.all([
        import('keyv'),
        import('@keyv/postgres'),
        import('../../src/stores/keyv-store.ts'),
      ])
      // Its pool is one a process: whoever closes first closes it for all, so schedules over it run one at a time.
      const keyv = new Keyv({ store: new KeyvPostgres({ uri: postgresUrl(), table: name, max: 4 }) })
      return { store: keyvStore(keyv), close: () => keyv.disconnect() }
    }
  }
}

/** Removes everything that a store of this name has left behind. */
export async function destroyStore(spec: StoreSpec): Promise<void> {
  const [kind, name] = split(spec)
  if (kind === 'lmdb') await rm(name, { recursive: true, force: true })
  else if (kind.endsWith('redis')) await removeKeys(name)
  else await dropTables(name)
}

async function removeKeys(name: string): Promise<void> {
  const { createClient } = await import('redis')
  const client = await createClient({ url: redisUrl() }).connect()
  for await (const keys of client.scanIterator({ MATCH: `*${name}*`, COUNT: 1_000 }))
    if (keys.length > 0) await client.del(keys)
  client.destroy()
}

async function dropTables(name: string): Promise<void> {
  await withPostgres(async (client) => {
    const found = await client.query<{ name: string }>(
      `select quote_ident(tablename) as name from pg_tables where schemaname = 'public' and starts_with(tablename, $1)`,
      [name],
    )
    for (const row of found.rows) await client.query(`drop table if exists ${row.name} cascade`)
  })
}

/** Ends the database connections of everybody who uses this store; answers how many those were. */
export async function terminateBackends(spec: StoreSpec): Promise<number> {
  const [, name] = split(spec)
  return withPostgres(async (client) => {
    const ended = await client.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where position($1 in query) > 0 and pid <> pg_backend_pid()',
      [name],
    )
    return ended.rowCount ?? 0
  })
}

async function withPostgres<T>(run: (client: Client) => Promise<T>): Promise<T> {
  const client = new (await import('pg')).default.Client({ connectionString: postgresUrl() })
  await client.connect()
  try {
    return await run(client)
  } finally {
    await client.end()
  }
}

/** What a process was given as its argument. */
export function specOf(text: string | undefined): StoreSpec {
  const kind = storeKinds.find((each) => text?.startsWith(`${each}:`))
  if (!kind || text === undefined) throw new Error(`no such store: ${text}`)
  return `${kind}:${text.slice(kind.length + 1)}`
}

function split(spec: StoreSpec): [StoreKind, string, string | undefined] {
  const [name = '', url] = spec.slice(spec.indexOf(':') + 1).split('@')
  const kind = storeKinds.find((each) => spec.startsWith(`${each}:`))
  if (!kind) throw new Error(`no such store: ${spec}`)
  return [kind, name, url]
}

export const storeKinds: readonly StoreKind[] = [
  'lmdb',
  'redis',
  'postgres',
  'postgres-pool',
  'keyv-redis',
  'keyv-postgres',
]

function closing(store: TokenStore): OpenedStore {
  return { store, close: async () => store.close?.() }
}
