import type { SyncStore } from '../types.ts'
import { guardSyncStore } from './guard-sync-store.ts'
import { decodeSyncDocument, encodeSyncDocument } from './sync-document.ts'

/** The documents of `latchkey/sync` in this process's memory. */
export function memorySyncs(): SyncStore {
  const documents = new Map<string, { readonly text: string; readonly version: number }>()
  const syncs: SyncStore = {
    async load(id) {
      const found = documents.get(id)
      return found && decodeSyncDocument(found.text, id)
    },
    async save(document, { expectedVersion }) {
      if ((documents.get(document.id)?.version ?? null) !== expectedVersion) return false
      documents.set(document.id, { text: encodeSyncDocument(document), version: document.version })
      return true
    },
    async remove(id, options) {
      const expected = options?.expectedVersion
      if (expected !== undefined && documents.get(id)?.version !== expected) return false
      return documents.delete(id)
    },
    // A copy of the list: what is removed and made anew meanwhile would stand at its end once more.
    async *list() {
      for (const { text } of [...documents.values()]) yield decodeSyncDocument(text)
    },
  }
  return guardSyncStore(syncs, { sorts: true })
}
