import type { TokenStore } from '../types.ts'

const local = new WeakSet<TokenStore>()

/** Says of a store that its records are this process's own memory, where no other process can write. */
export function markProcessLocal(store: TokenStore): TokenStore {
  local.add(store)
  return store
}

export function isProcessLocal(store: TokenStore): boolean {
  return local.has(store)
}
