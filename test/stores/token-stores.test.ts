import { join } from 'node:path'
import Keyv from 'keyv'
import { encodeConnectionKey, portableConnectionKey } from '../../src/stores/connection-key.ts'
import { fileStore } from '../../src/stores/file-store.ts'
import { keyvStore } from '../../src/stores/keyv-store.ts'
import { lmdbEnvironment } from '../../src/stores/lmdb-environment.ts'
import { lmdbKeyvAdapter } from '../../src/stores/lmdb-keyv-adapter.ts'
import type { ConnectionKey, TokenStore } from '../../src/types.ts'
import { temporaryDirectory } from './temporary-directory.ts'
import { type StoreUnderTest, testTokenStore } from './token-store-contract.ts'

const junk = '{"format":1,"provider":'

testTokenStore('keyvStore on a Map', () => inMemory(new Keyv()))

testTokenStore('keyvStore without namespace and serialization', () => {
  const keyv = new Keyv({ store: new Map(), useKeyPrefix: false })
  keyv.serialize = undefined
  keyv.deserialize = undefined
  return inMemory(keyv)
})

testTokenStore('keyvStore on LMDB', () => {
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
    damage: (key) => keyv.set(portableConnectionKey(key), junk),
    unplug: () => adapters[0]?.disconnect(),
    async dispose() {
      await Promise.all(adapters.map((adapter) => adapter.disconnect()))
      directory.remove()
    },
  }
})

testTokenStore('fileStore', () => {
  const directory = temporaryDirectory()
  const path = join(directory.path, 'deep', 'tokens.d')
  const opened: TokenStore[] = []
  const open = () => {
    const store = fileStore(path)
    opened.push(store)
    return store
  }
  return {
    store: open(),
    another: open,
    async damage(key) {
      const environment = lmdbEnvironment(path)
      await environment.write(({ connections }) => connections.put(encodeConnectionKey(key), junk))
      await environment.close()
    },
    async dispose() {
      await Promise.all(opened.map((store) => store.close?.()))
      directory.remove()
    },
  }
})

function inMemory(keyv: Keyv): StoreUnderTest {
  return {
    store: keyvStore(keyv),
    another: () => keyvStore(keyv),
    damage: (key: ConnectionKey) => keyv.set(portableConnectionKey(key), junk),
  }
}
