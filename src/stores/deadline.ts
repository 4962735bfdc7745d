import type { Coordinator, TokenStore } from '../types.ts'
import { answerWithin, asBoolean, eachAnswer, storeDeadline } from './bounded-answer.ts'
import { guardSyncStore } from './guard-sync-store.ts'
import { parseRecord, selectRecords } from './record-codec.ts'
import { asStoreFailure, storeFailed } from './store-failure.ts'

export { storeDeadline, withDeadline } from './bounded-answer.ts'

const guarded = new WeakSet<TokenStore>()

interface GuardOptions {
  /** ms; default 5000. */
  readonly deadline?: number
  /** The store is one of ours, and what its `load` answers has been through `parseRecord` with the key. */
  readonly judges?: boolean
  /** And that comes in time, or `load` rejects in words of ours. */
  readonly bounds?: boolean
}

/**
 * The store as the library uses it, whoever wrote it: what it throws or does not answer within `deadline` ms is
 * `store_failed`, what it answers is checked, and errors of the library's own pass through. A guarded store is
 * returned as it is.
 */
export function guardStore(store: TokenStore, options: GuardOptions = {}): TokenStore {
  if (guarded.has(store)) return store
  const { deadline = storeDeadline, judges = false, bounds = false } = options
  const answer = answerWithin(deadline)
  const { coordinator, syncs } = store

  const guard: TokenStore = {
    load(key) {
      if (bounds) return store.load(key)
      const found = answer('load', () => store.load(key))
      if (judges) return found
      return found.then((value) =>
        value === undefined || value === null ? undefined : parseRecord(value, key),
      )
    },
    async save(record, saveOptions) {
      return asBoolean(await answer('save', () => store.save(record, saveOptions)), 'save')
    },
    async remove(key, removeOptions) {
      return asBoolean(await answer('remove', () => store.remove(key, removeOptions)), 'remove')
    },
    list: (filter) =>
      selectRecords(
        eachAnswer(answer, () => store.list(filter)),
        filter,
        (record) => parseRecord(record),
      ),
    ...(coordinator && { coordinator: guardCoordinator(coordinator, { deadline }) }),
    ...(syncs && { syncs: guardSyncStore(syncs, { deadline }) }),
    async close() {
      await answer('close', () => store.close?.())
    },
  }
  guarded.add(guard)
  return guard
}

/** The same for a coordinator. What runs inside a lease fails in its own words. */
export function guardCoordinator(
  coordinator: Coordinator,
  options: { readonly deadline?: number } = {},
): Coordinator {
  const deadline = options.deadline ?? storeDeadline
  const answer = answerWithin(deadline)
  return {
    async claim(key, ttlMs) {
      return asBoolean(await answer('claim', () => coordinator.claim(key, ttlMs)), 'claim')
    },
    async withLease<T>(key: string, ttlMs: number, run: () => Promise<T>): Promise<T> {
      // The deadline is for getting the lease; how long the work takes is its own matter, and so are its errors.
      let outcome: { readonly value: T } | { readonly error: unknown } | undefined
      let abandoned = false
      let begin: () => void = () => undefined
      const begun = new Promise<void>((resolve) => {
        begin = resolve
      })
      const finished = Promise.resolve().then(() =>
        coordinator.withLease(key, ttlMs, async () => {
          if (abandoned) throw storeFailed('the lease came too late')
          begin()
          try {
            const value = await run()
            outcome = { value }
            return value
          } catch (error) {
            outcome = { error }
            throw error
          }
        }),
      )
      try {
        await answer('withLease', () => Promise.race([begun, finished]), ttlMs + deadline)
        return await finished
      } catch (error) {
        abandoned = true
        if (!outcome) throw asStoreFailure(error, 'withLease failed')
        // The work was done; a lease that could not be given back ends by itself.
        if ('value' in outcome) return outcome.value
        throw outcome.error
      }
    },
  }
}
