import type { KeyvLike, TokenStore } from '../types.ts'
import { memoryStore } from './memory-store.ts'
export function resolveStore(store: TokenStore | KeyvLike | undefined, _path: string): TokenStore {
  if (store && 'load' in store) return store
  return memoryStore()
}
