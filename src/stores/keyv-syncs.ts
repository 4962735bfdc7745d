import type { SyncDocument, SyncStore } from '../types.ts'
import { guardSyncStore } from './guard-sync-store.ts'
import { hasVersion, type KeyvTexts, type TextEntry, type TextPlace } from './keyv-texts.ts'
import { portableKey, portablePart } from './portable-key.ts'
import { selectReadable } from './select-readable.ts'
import { decodeSyncDocument, encodeSyncDocument, parseSyncDocument, unreadableSync } from './sync-document.ts'

/** No key of a connection begins so, nor does any of these begin like a connection's. */
const prefix = 'latchkey-sync/'

/** The documents of `latchkey/sync` in a Keyv. A Keyv has no index: `list` reads all that the Keyv holds. */
export function keyvSyncs(texts: KeyvTexts, deadline: number): SyncStore {
  const syncs: SyncStore = {
    async load(id) {
      const value = await texts.load(placeOf(id).key)
      return value === undefined ? undefined : read(value, id)
    },
    save: async (document, { expectedVersion }) =>
      texts.replace(
        placeOf(document.id),
        encodeSyncDocument(document),
        hasVersion(expectedVersion, (current) => read(current)),
      ),
    remove: async (id, options) =>
      texts.replace(
        placeOf(id),
        undefined,
        hasVersion(options?.expectedVersion, (current) => read(current)),
      ),
    list: () => selectReadable(texts.entries(prefix), readEntry, ({ status }) => status !== undefined),
  }
  return guardSyncStore(syncs, { deadline, sorts: true })
}

function read(value: unknown, id?: string): SyncDocument {
  return typeof value === 'string' ? decodeSyncDocument(value, id) : parseSyncDocument(value, id)
}

async function readEntry(entry: TextEntry): Promise<SyncDocument> {
  const value = await entry.read()
  if (value === undefined) throw unreadableSync('is not what latchkey wrote')
  const document = read(value)
  if (placeOf(document.id).key !== entry.key) throw unreadableSync('stands in the place of another')
  return document
}

function placeOf(id: string): TextPlace {
  const key = portableKey(prefix + portablePart(id), prefix, id)
  return { key, lease: `write:${key}` }
}
