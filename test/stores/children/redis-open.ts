import KeyvRedis from '@keyv/redis'
import KeyvValkey from '@keyv/valkey'
import { Redis } from 'ioredis'
import Keyv from 'keyv'
import { createClient } from 'redis'
import { keyvStore } from '../../../src/stores/keyv-store.ts'
import { redisStore } from '../../../src/stores/redis/index.ts'
import type { TokenStore } from '../../../src/types.ts'

export interface OpenedStore {
  readonly store: TokenStore
  close(): Promise<unknown>
}

/** A store on the shared Redis as a process of an application would open it. `prefix` keeps tests apart. */
export async function openStore(kind: string, url: string, prefix: string): Promise<OpenedStore> {
  if (kind === 'url') {
    const store = redisStore({ url, prefix })
    return { store, close: async () => store.close?.() }
  }
  if (kind === 'node-redis') {
    const client = createClient({ url })
    await client.connect()
    return { store: redisStore({ client, prefix }), close: () => client.close() }
  }
  if (kind === 'ioredis') {
    const client = new Redis(url)
    return { store: redisStore({ client, prefix }), close: () => client.quit() }
  }
  if (kind === '@keyv/redis') {
    const adapter = new KeyvRedis(url)
    return {
      store: keyvStore(new Keyv({ store: adapter, namespace: prefix })),
      close: () => adapter.disconnect(),
    }
  }
  const adapter = new KeyvValkey(url)
  const store = keyvStore(new Keyv({ store: adapter, namespace: prefix }))
  return { store, close: async () => adapter.disconnect() }
}
