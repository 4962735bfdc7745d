import { memoryStore } from '../../src/stores/memory-store.ts'
import { testTokenStore } from './token-store-contract.ts'

testTokenStore('memoryStore', () => ({ store: memoryStore() }))
