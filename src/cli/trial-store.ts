import { randomBytes } from 'node:crypto'
import { memoryStore } from '../stores/memory-store.ts'
import type { TokenStore } from '../types.ts'

/** Where a command's connections are, and what seals them where that is not LATCHKEY_SECRET. */
export interface StoreInUse {
  readonly store: TokenStore
  readonly secret?: string
  close(): Promise<void>
}

/** For what is simulated: in memory, under a secret of its own, and gone with the command. */
export function trialStore(): StoreInUse {
  const store = memoryStore()
  const secret = randomBytes(32).toString('base64url')
  return { store, secret, close: async () => store.close?.() }
}
