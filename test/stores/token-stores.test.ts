import { join } from 'node:path'
import Keyv from 'keyv'
import { fileStore } from '../../src/stores/file-store.ts'
import { keyvStore } from '../../src/stores/keyv-store.ts'
import { lmdbKeyvAdapter } from '../../src/stores/lmdb-keyv-adapter.ts'
import { temporaryDirectory } from './temporary-directory.ts'
import { testTokenStore } from './token-store-contract.ts'

testTokenStore('keyvStore on a Map', () => ({ store: keyvStore(new Keyv()) }))

testTokenStore('keyvStore without namespace and serialization', () => {
  const keyv = new Keyv({ store: new Map(), useKeyPrefix: false })
  keyv.serialize = undefined
  keyv.deserialize = undefined
  return { store: keyvStore(keyv) }
})

testTokenStore('keyvStore on LMDB', () => {
  const directory = temporaryDirectory()
  const adapter = lmdbKeyvAdapter(directory.path)
  const store = keyvStore(new Keyv({ store: adapter, namespace: 'app:tokens' }))
  const dispose = async () => {
    await adapter.disconnect()
    directory.remove()
  }
  return { store, dispose }
})

testTokenStore('fileStore', () => {
  const directory = temporaryDirectory()
  const store = fileStore(join(directory.path, 'deep', 'tokens.d'))
  const dispose = async () => {
    await store.close?.()
    directory.remove()
  }
  return { store, dispose }
})
