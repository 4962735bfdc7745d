import { randomUUID } from 'node:crypto'
import KeyvPostgres from '@keyv/postgres'
import KeyvRedis from '@keyv/redis'
import { Redis } from 'ioredis'
import Keyv from 'keyv'
import { createClient } from 'redis'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { fileStore } from '../../src/stores/file-store.ts'
import { keyvStore } from '../../src/stores/keyv-store.ts'
import { lmdbEnvironment } from '../../src/stores/lmdb-environment.ts'
import { lmdbKeyvAdapter } from '../../src/stores/lmdb-keyv-adapter.ts'
import { memoryStore } from '../../src/stores/memory-store.ts'
import { postgresStore } from '../../src/stores/postgres/index.ts'
import { redisStore } from '../../src/stores/redis/index.ts'
import { removeKeys } from '../support/own-redis.ts'
import { describeWithPostgres, describeWithRedis, postgresUrl, redisUrl } from '../support/servers.ts'
import { ownStore, ownTable } from './own-table.ts'
import { testSyncs } from './sync-store-contract.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const junk = '{"format":1,"id":'
/** The ids of the tests that damage one are of lower-case letters and `_`. */
const keyvKey = (id: string) => `latchkey-sync/${id.replaceAll('_', '=5f')}`

testSyncs('memoryStore', () => ({ store: memoryStore() }))

testSyncs('keyvStore on a Map', () => {
  const keyv = new Keyv()
  return {
    store: keyvStore(keyv),
    another: () => keyvStore(keyv),
    damage: (id) => keyv.set(keyvKey(id), junk),
  }
})

testSyncs('keyvStore on LMDB', () => {
  const directory = temporaryDirectory()
  const adapters: ReturnType<typeof lmdbKeyvAdapter>[] = []
  const openKeyv = () => {
    const adapter = lmdbKeyvAdapter(directory.path)
    adapters.push(adapter)
    return new Keyv({ store: adapter, namespace: 'app:tokens' })
  }
  const keyv = openKeyv()
  return {
    store: keyvStore(keyv),
    another: () => keyvStore(openKeyv()),
    damage: (id) => keyv.set(keyvKey(id), junk),
    unplug: () => adapters[0]?.disconnect(),
    async dispose() {
      await Promise.all(adapters.map((adapter) => adapter.disconnect()))
      directory.remove()
    },
  }
})

testSyncs('fileStore', () => {
  const directory = temporaryDirectory()
  const stores = [fileStore(directory.path), fileStore(directory.path)] as const
  return {
    store: stores[0],
    another: () => stores[1],
    async damage(id) {
      const environment = lmdbEnvironment(directory.path)
      await environment.write(({ syncs }) => syncs.put(id, junk))
      await environment.close()
    },
    async dispose() {
      await Promise.all(stores.map((store) => store.close?.()))
      directory.remove()
    },
  }
})

describeWithRedis('on Redis', () => {
  const family = `test-${randomUUID()}`
  afterAll(() => removeKeys(family))

  testSyncs('redisStore', async () => {
    const prefix = `${family}-${randomUUID()}`
    const store = redisStore({ url: redisUrl, prefix })
    const client = await createClient({ url: redisUrl }).connect()
    return {
      store,
      another: () => redisStore({ client, prefix }),
      async damage(id) {
        const [key] = await client.keys(`*${prefix}*:sync:${id}`)
        await client.set(String(key), junk)
      },
      async dispose() {
        await store.close?.()
        client.destroy()
      },
    }
  })

  testSyncs('redisStore on ioredis with a key prefix', () => {
    const client = new Redis(redisUrl, { keyPrefix: 'app:' })
    return {
      store: redisStore({ client, prefix: `${family}-${randomUUID()}` }),
      unplug: () => client.disconnect(),
      dispose: () => client.disconnect(),
    }
  })

  testSyncs('keyvStore on @keyv/redis', () => {
    const adapters = [new KeyvRedis(redisUrl), new KeyvRedis(redisUrl)] as const
    const namespace = `${family}-${randomUUID()}`
    const keyv = new Keyv({ store: adapters[0], namespace })
    return {
      store: keyvStore(keyv),
      another: () => keyvStore(new Keyv({ store: adapters[1], namespace })),
      damage: (id) => keyv.set(keyvKey(id), junk),
      dispose: () => Promise.all(adapters.map((adapter) => adapter.disconnect())),
    }
  })
})

describeWithPostgres('on Postgres', () => {
  const { own, store } = ownStore()

  testSyncs('postgresStore', () => {
    const another = postgresStore({ connectionString: postgresUrl, table: own.table })
    return {
      store: another,
      another: () => store,
      damage: (id) => own.pool.query(`UPDATE "${own.table}_syncs" SET status = 'odd' WHERE id = $1`, [id]),
      dispose: () => another.close?.(),
    }
  })
})

describeWithPostgres('a Keyv on Postgres', () => {
  const own = ownTable({ max: 2 })
  let adapter: KeyvPostgres
  beforeAll(async () => {
    adapter = new KeyvPostgres({ uri: postgresUrl, table: own.table, max: 5 })
    await adapter.get('its table is there')
  })
  afterEach(() => own.pool.query(`DELETE FROM "${own.table}"`))
  afterAll(async () => {
    await adapter.disconnect()
    await own.dispose()
  })

  testSyncs('keyvStore on @keyv/postgres', () => {
    const open = () =>
      new Keyv({ store: new KeyvPostgres({ uri: postgresUrl, table: own.table }), namespace: 'app' })
    const keyv = open()
    return {
      store: keyvStore(keyv),
      another: () => keyvStore(open()),
      damage: (id) => keyv.set(keyvKey(id), junk),
    }
  })
})
