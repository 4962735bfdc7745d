import { isOAuthError, OAuthError } from '../errors/oauth-error.ts'
import type { KeyvLike, SyncStore, TokenStore } from '../types.ts'
import { fileStore } from './file-store.ts'
import { guardSyncStore } from './guard-sync-store.ts'
import { isKeyv, keyvStore } from './keyv-store.ts'

const eitherOne =
  'If options.store is a TokenStore of your own, give it `syncs: SyncStore` as well, or pass the sync a store of its own. ' +
  'If it is a SyncStore, see that load gives back what save was given.'

/** Where a historical sync keeps its documents, guarded. `close` releases what was opened here. */
export interface ResolvedSyncStore {
  readonly store: SyncStore
  close?(): Promise<void>
}

/**
 * The `syncs` of a `TokenStore`, of a Keyv, or where nothing is given of the embedded store at `defaultPath`; else a
 * `SyncStore` as it is. Throws `config_invalid` for anything else. A `TokenStore` without `syncs` has the same methods as
 * a `SyncStore`, so it shows at the first operations, which then fail in words that name both.
 */
export function resolveSyncStore(
  store: TokenStore | KeyvLike | SyncStore | undefined,
  defaultPath: string,
): ResolvedSyncStore {
  if (store === undefined) {
    const file = fileStore(defaultPath)
    return { store: syncsOf(file), close: async () => file.close?.() }
  }
  if (isKeyv(store)) return { store: syncsOf(keyvStore(store)) }
  if (isObject(store)) {
    if ('syncs' in store && store.syncs) return { store: syncsOf(store) }
    // What coordinates claims is a store of connections.
    const isForConnections = 'coordinator' in store && store.coordinator !== undefined
    if (!isForConnections && isSyncStore(store)) return { store: onceProven(store) }
  }
  throw withoutSyncs(
    'options.store has no `syncs`, and is neither a SyncStore (load, save, remove, list) nor a Keyv',
  )
}

function syncsOf({ syncs }: TokenStore): SyncStore {
  if (syncs) return guardSyncStore(syncs)
  throw withoutSyncs('options.store has no `syncs`')
}

/** Whatever the types say: it comes from an application, which may be written in JavaScript. */
function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function isSyncStore(value: object): value is SyncStore {
  return ['load', 'save', 'remove', 'list'].every((name) => typeof Reflect.get(value, name) === 'function')
}

/** A guarded store, whose failures say what else it may be until it has given back a document. */
function onceProven(store: SyncStore): SyncStore {
  const guard = guardSyncStore(store)
  // One of latchkey's own.
  if (guard === store) return guard
  let isProven = false

  async function inBothWords<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw isProven ? error : nameBoth(error)
    }
  }

  const load = (id: string) =>
    inBothWords(async () => {
      const found = await guard.load(id)
      isProven ||= found !== undefined
      return found
    })

  const proving: SyncStore = {
    load,
    async save(document, options) {
      const saved = await inBothWords(() => guard.save(document, options))
      // A store of connections may take a document, and never find it again: every later start would begin anew.
      if (saved && !isProven && (await load(document.id)) === undefined)
        throw withoutSyncs('options.store does not give back what it has saved')
      return saved
    },
    remove: (id, options) => inBothWords(() => guard.remove(id, options)),
    async *list(filter) {
      const documents = guard.list(filter)[Symbol.asyncIterator]()
      try {
        while (true) {
          const step = await inBothWords(() => documents.next())
          if (step.done) return
          isProven = true
          yield step.value
        }
      } finally {
        await documents.return?.()
      }
    },
  }
  return proving
}

function nameBoth(error: unknown): unknown {
  if (!isOAuthError(error) || (error.code !== 'store_failed' && error.code !== 'record_unreadable'))
    return error
  const { code, retryable, cause, hint } = error
  return new OAuthError({
    code,
    detail: code === 'store_failed' ? 'options.store failed' : 'options.store answered with no sync document',
    retryable,
    hint: `${eitherOne} ${hint}`,
    cause: cause ?? error,
  })
}

function withoutSyncs(detail: string): OAuthError {
  return new OAuthError({ code: 'config_invalid', detail, hint: eitherOne })
}
