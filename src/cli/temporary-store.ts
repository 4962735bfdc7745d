import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileStore } from '../stores/file-store.ts'
import type { TokenStore } from '../types.ts'

/** A store and what seals it, for what is simulated: both go with the command. */
export interface StoreInUse {
  readonly store: TokenStore
  readonly secret?: string
  close(): Promise<void>
}

export async function temporaryStore(): Promise<StoreInUse> {
  const directory = await mkdtemp(join(tmpdir(), 'latchkey-trial-'))
  const store = fileStore(directory)
  return {
    store,
    secret: randomBytes(32).toString('base64url'),
    async close() {
      await store.close?.()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
