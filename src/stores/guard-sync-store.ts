import type { SyncDocument, SyncStore } from '../types.ts'
import { answerWithin, asBoolean, eachAnswer, storeDeadline } from './bounded-answer.ts'
import { selectReadable } from './select-readable.ts'
import {
  assertSyncId,
  checkSyncDocument,
  checkSyncFilter,
  matchesSync,
  parseSyncDocument,
} from './sync-document.ts'
import { inOrderOfTime } from './sync-order.ts'

interface GuardOptions {
  /** ms; default 5000. */
  readonly deadline?: number
  /** For a store that keeps no order of time: what it lists by time is sorted here, where each step has its own deadline. */
  readonly sorts?: boolean
}

const guarded = new WeakSet<SyncStore>()

/**
 * `guardStore` for the documents of `latchkey/sync`: what the store throws or does not answer within `deadline` ms is
 * `store_failed`, what it answers is checked, `list` gives no document twice, and an unusable id is `params_invalid`.
 */
export function guardSyncStore(store: SyncStore, options: GuardOptions = {}): SyncStore {
  if (guarded.has(store)) return store
  const answer = answerWithin(options.deadline ?? storeDeadline)

  const guard: SyncStore = {
    async load(id) {
      assertSyncId(id)
      const found: unknown = await answer('load', async () => store.load(id))
      return found === undefined || found === null ? undefined : parseSyncDocument(found, id)
    },
    async save(document, saveOptions) {
      const checked = checkSyncDocument(document)
      return asBoolean(await answer('save', async () => store.save(checked, saveOptions)), 'save')
    },
    async remove(id, removeOptions) {
      assertSyncId(id)
      return asBoolean(await answer('remove', async () => store.remove(id, removeOptions)), 'remove')
    },
    async *list(filter) {
      const checked = checkSyncFilter(filter)
      // What is worked on while it is listed moves in the order of time, and a page may meet it again.
      const seen = new Set<string>()
      const answers = eachAnswer(answer, () => store.list(checked))
      const isWanted = (document: SyncDocument) => {
        if (seen.has(document.id) || !matchesSync(document, checked)) return false
        seen.add(document.id)
        return true
      }
      const documents = selectReadable(answers, (value) => parseSyncDocument(value), isWanted)
      yield* options.sorts && checked.dueBefore !== undefined ? inOrderOfTime(documents) : documents
    },
  }
  guarded.add(guard)
  return guard
}
