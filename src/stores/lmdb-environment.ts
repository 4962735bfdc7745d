import { resolve } from 'node:path'
import type { Database, RootDatabase } from 'lmdb'
import { OAuthError } from '../errors/oauth-error.ts'
import { storeDeadline, withDeadline } from './deadline.ts'
import { asStoreFailure, storeFailed } from './store-failure.ts'

/** What latchkey keeps in one LMDB directory. */
export interface LmdbDatabases {
  /** `encodeConnectionKey` → the record's JSON, so that a range is a provider or a tenant. */
  readonly connections: Database<string, string>
  /** SHA-256 of the claim → ms at which it ends. */
  readonly claims: Database<number, Buffer>
  /** The same claims in order of their end: 8 bytes of ms, then the SHA-256. */
  readonly claimEnds: Database<number, Buffer>
  /** SHA-256 of the lease → owner and end. */
  readonly leases: Database<LeaseRow, Buffer>
  /** What a Keyv stores. */
  readonly entries: Database<EntryRow, Buffer>
  /** Id → the JSON of a document of `latchkey/sync`. */
  readonly syncs: Database<string, string>
  /** Where the documents with a status are by time and by tenant (`lmdb-syncs.ts`). */
  readonly syncIndex: Database<number, Buffer>
}

export interface LeaseRow {
  readonly owner: string
  readonly endsAt: number
}

export interface EntryRow {
  readonly value: unknown
  /** ms since 1970. */
  readonly endsAt?: number
  /** The key itself in UTF-16, where LMDB could not hold it. */
  readonly key?: Uint8Array
}

/** One user's handle on a directory; the environment behind it is shared with every other user in the process. */
export interface LmdbEnvironment {
  /** Reads the latest committed state. `work` must not be asynchronous, nor keep a range open. */
  read<T>(work: (databases: LmdbDatabases) => T): Promise<T>
  /** One transaction, exclusive across processes, on disk when it resolves. What `work` has written before it throws stays. */
  write<T>(work: (databases: LmdbDatabases) => T): Promise<T>
  /** Waits for what is under way. The environment closes with its last handle. */
  close(): Promise<void>
}

/** ms that LMDB has to say why a commit failed; it says so at once. */
const reasonDeadline = 1_000

interface Opened {
  readonly root: RootDatabase<unknown, string>
  readonly databases: LmdbDatabases
}

interface Shared {
  readonly opened: Promise<Opened>
  users: number
}

/** LMDB must not be opened twice for one directory in one process. */
const environments = new Map<string, Shared>()
/** Directories being closed: opening waits for it. */
const closing = new Map<string, Promise<void>>()

/** A handle on the LMDB environment in `directory`, opened and created (mode 0700) at the first operation. */
export function lmdbEnvironment(directory: string): LmdbEnvironment {
  // Now, not at the first operation: the working directory may change.
  const path = resolve(directory)
  let joined: Promise<{ readonly id: string; readonly shared: Shared; readonly opened: Opened }> | undefined
  /** Once it is open. */
  let ready: Opened | undefined
  let closed: Promise<void> | undefined
  const underWay = new Set<Promise<unknown>>()

  async function join() {
    const id = await makeDirectory(path)
    await closing.get(id)
    const shared = environments.get(id) ?? { opened: open(id), users: 0 }
    environments.set(id, shared)
    shared.users += 1
    try {
      return { id, shared, opened: await shared.opened }
    } catch (error) {
      // The next operation tries again: a full disk or a missing permission can be put right.
      if (environments.get(id) === shared) environments.delete(id)
      throw error
    }
  }

  async function run<T>(work: (opened: Opened) => T | Promise<T>): Promise<T> {
    if (closed) throw storeFailed('the store has been closed')
    joined ??= join()
    const mine = joined
    const job = (async () => {
      let opened: Opened
      try {
        opened = (await mine).opened
        ready = opened
      } catch (error) {
        if (joined === mine) joined = undefined
        throw asStoreFailure(error, 'the embedded store could not be opened')
      }
      try {
        return await work(opened)
      } catch (error) {
        throw asStoreFailure(error, 'the embedded store failed')
      }
    })()
    underWay.add(job)
    try {
      return await job
    } finally {
      underWay.delete(job)
    }
  }

  return {
    async read(work) {
      const reading = ({ root, databases }: Opened) => {
        // A read transaction lives for an event turn; another process may have written since it began.
        root.resetReadTxn()
        return work(databases)
      }
      if (!ready || closed)
        return withDeadline(run(reading), storeDeadline, () =>
          storeFailed(`the embedded store was not opened within ${storeDeadline} ms`),
        )
      // A read is over when it returns: there is nothing that closing would have to wait for.
      try {
        return reading(ready)
      } catch (error) {
        throw asStoreFailure(error, 'the embedded store failed')
      }
    },
    write: (work) =>
      run(async ({ root, databases }) => {
        try {
          return await root.transaction(() => work(databases))
        } catch (error) {
          throw await commitFailure(error)
        }
      }),
    close() {
      closed ??= (async () => {
        await Promise.allSettled(underWay)
        const mine = await joined?.catch(() => undefined)
        if (mine) await leave(mine.id, mine.shared, mine.opened)
      })()
      return closed
    },
  }
}

/**
 * A commit that fails (a full disk) rejects with a promise of the reason on the error. Nobody else handles that one,
 * and an unhandled rejection would end the application's process.
 */
async function commitFailure(error: unknown): Promise<unknown> {
  const reason: unknown = error instanceof Error ? Reflect.get(error, 'commitError') : undefined
  if (!(reason instanceof Promise)) return error
  return withDeadline(reason, reasonDeadline, () => storeFailed('the commit failed')).then(
    () => error,
    (because: unknown) => because,
  )
}

async function leave(id: string, shared: Shared, { root }: Opened): Promise<void> {
  shared.users -= 1
  if (shared.users > 0) return
  environments.delete(id)
  const done = root.close().finally(() => closing.delete(id))
  closing.set(id, done)
  await done
}

async function makeDirectory(path: string): Promise<string> {
  const { mkdir, realpath } = await import('node:fs/promises')
  // One that exists keeps the mode its owner gave it.
  await mkdir(path, { recursive: true, mode: 0o700 })
  return realpath(path)
}

async function open(path: string): Promise<Opened> {
  const lmdb = await load()
  const options = {
    path,
    // Or a name with a dot would be taken for a file.
    noSubdir: false,
    maxDbs: 8,
    // A write resolves when it is on disk, not before.
    overlappingSync: false,
    permissionsMode: 0o600,
  }
  const root = lmdb.open<unknown, string>(options)
  try {
    const databases: LmdbDatabases = {
      connections: root.openDB('connections', { encoding: 'string' }),
      claims: root.openDB('claims', { keyEncoding: 'binary' }),
      claimEnds: root.openDB('claim-ends', { keyEncoding: 'binary' }),
      leases: root.openDB('leases', { keyEncoding: 'binary' }),
      entries: root.openDB('keyv', { keyEncoding: 'binary' }),
      syncs: root.openDB('syncs', { encoding: 'string' }),
      syncIndex: root.openDB('sync-index', { keyEncoding: 'binary' }),
    }
    return { root, databases }
  } catch (error) {
    await root.close().catch(() => undefined)
    throw error
  }
}

async function load(): Promise<typeof import('lmdb')> {
  try {
    return await import('lmdb')
  } catch {
    throw new OAuthError({
      code: 'config_invalid',
      detail:
        'the embedded store needs the optional package "lmdb", which is not installed or has no build for this platform',
      hint: 'Run `npm install lmdb`, or pass another store, for example a Keyv, as options.store.',
    })
  }
}
