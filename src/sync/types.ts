import type { OAuthErrorCode } from '../errors/codes.ts'
import type { OAuthError } from '../errors/oauth-error.ts'
import type { ProviderDefinition } from '../provider/definition.ts'
import type {
  Connection,
  ConnectionRef,
  KeyvLike,
  StartedSync,
  SyncStatus,
  SyncStore,
  TokenStore,
} from '../types.ts'
import type { SyncQueue } from './queue.ts'

/** Which connection's sync. */
export interface SyncRef extends ConnectionRef {
  /** The provider's id. */
  readonly provider: string
}

/** A part of the time that is synced: from `from`, up to and without `to`. */
export interface SyncWindow {
  readonly from: Date
  readonly to: Date
}

/** How a range is cut, newest first: windows of so many days, one window, or your own cut. */
export type SyncWindows = { readonly days: number } | 'whole' | ((range: SyncRange) => readonly SyncWindow[])

/** A range that is to be synced, and whose. */
export interface SyncRange extends SyncWindow {
  readonly provider: string
  readonly tenantId: string
  readonly connectionId: string
}

/** What a window's work says of itself. All of it is stored before the promise of `report` resolves. */
export interface SyncReport {
  /**
   * Where to go on from, should this process die: `run` is given it again. `null`: the window has no more, and `run` is not
   * called for it again. Absent: as before.
   */
  readonly cursor?: string | null | undefined
  /** Records that were added since the last report. */
  readonly records?: number | undefined
  /** Records that the window has in all, once that is known. */
  readonly total?: number | undefined
}

/** What `run` is given besides its window. */
export interface RunContext {
  /** As it stands now. */
  readonly connection: Connection
  /** `client.fetch` with this connection: refreshed, retried, kept to the provider's hosts. */
  fetch(input: string | URL, init?: RequestInit): Promise<Response>
  /** What this window's work last reported, where it was interrupted. */
  readonly cursor: string | undefined
  /**
   * Aborted when the run is paused or cancelled, when the worker closes, and when another worker has taken over. Work that
   * has not ended five seconds later is left to itself, and another may begin beside it.
   */
  readonly signal: AbortSignal
  /**
   * Stores a checkpoint. What has been reported is never asked for again. Rejects once `signal` is aborted, and with
   * `store_failed` where the store cannot take it.
   */
  report(progress: SyncReport): Promise<void>
}

/** The application's work for one window. What it throws is tried again, but an `OAuthError` that is not `retryable`. */
export type RunWindow = (window: SyncWindow, context: RunContext) => unknown

/** A `run` with the windows that suit it, as `historyOf(definition).each` makes it. */
export interface WindowedRun {
  readonly windows?: SyncWindows | undefined
  readonly run: RunWindow
}

/** How backfills run. Wrong values are `config_invalid`. */
export interface HistoricalSyncOptions {
  /**
   * Where windows and checkpoints are kept: a store of latchkey's, a Keyv, or a `SyncStore` of your own.
   * Default: `fileStore(LATCHKEY_STORE ?? '.latchkey')`.
   */
  readonly store?: TokenStore | KeyvLike | SyncStore | undefined
  /** One function for all, or one for each provider by its id: a connection of any other has nothing to do. */
  readonly run: RunWindow | Readonly<Record<string, RunWindow | WindowedRun>>
  /** Where the run has none of its own. Default `{ days: 7 }`. */
  readonly windows?: SyncWindows | undefined
  /** Calendar months that a connect looks back; default 3. */
  readonly months?: number | undefined
  /** How runs reach workers. Default: workers look into the store. */
  readonly queue?: SyncQueue | undefined
  /** Runs at the same time, in all processes together. Default: no limit but the workers' own. */
  readonly concurrency?:
    | {
        /** For every provider, or by its id. */
        readonly perProvider?: number | Readonly<Record<string, number>> | undefined
        readonly perTenant?: number | undefined
      }
    | undefined
  /** What is done about failures of `run`: tried again with back-off that doubles. */
  readonly retry?:
    | {
        /** Failures in a row, without a checkpoint between them, that end a run. Default 8. */
        readonly attempts?: number | undefined
        /** ms before the second try, then doubling; default 1 000. What `retryAfter` says goes before it. */
        readonly firstDelay?: number | undefined
        /** ms; default 5 min. */
        readonly longestDelay?: number | undefined
      }
    | undefined
  /** ms that a run stays a silent worker's before another one takes it; default 60 000. */
  readonly lease?: number | undefined
  readonly hooks?:
    | {
        /** A run began, moved to another status, or reported. What it throws goes to `onError`. */
        onChange?(event: { readonly run: HistoricalSyncRun }): unknown
        /** Every failure of a run, with what was thrown as `cause`, and of a hook. */
        onError?(event: { readonly error: OAuthError; readonly run?: HistoricalSyncRun }): unknown
      }
    | undefined
  /** ms since 1970; for tests. */
  readonly clock?: (() => number) | undefined
}

/** What a run met. It is stored, so it holds no more than our own words and the error's code. */
export interface SyncFailure {
  readonly at: Date
  readonly code: OAuthErrorCode
  readonly message: string
  readonly hint: string
  readonly window?: SyncWindow
  /** Whether it is tried again. */
  readonly retryable: boolean
}

/** A window as it stands. */
export interface SyncWindowState extends SyncWindow {
  readonly done: boolean
  readonly records: number
  readonly total?: number
}

/** What is done, of what is known. */
export interface SyncProgress {
  readonly windowsDone: number
  readonly windows: number
  readonly records: number
  /** 0 to 1: windows that are done, and of the one under way as much as its `total` tells. */
  readonly fraction: number
  /** Back to where everything is synced: the start of the last window that is done, newest first. */
  readonly reached?: Date
}

/** Why a run had nothing to do: all of its range was synced before, nothing is run for this provider, no range. */
export type NothingToDo = 'already_synced' | 'no_run' | 'empty_range'

/** One run of a connection's historical sync. */
export interface HistoricalSyncRun extends SyncRange {
  readonly id: string
  readonly userId?: string
  readonly status: SyncStatus
  /** With `completed`: nothing was run, and why. */
  readonly nothingToDo?: NothingToDo
  /** Newest first. */
  readonly windows: readonly SyncWindowState[]
  readonly progress: SyncProgress
  /** Failures since the last checkpoint. */
  readonly attempts: number
  /** What it failed with, or waits after. */
  readonly error?: SyncFailure
  /** The last twenty, oldest first. */
  readonly errors: readonly SyncFailure[]
  /** When it is tried again. */
  readonly retryAt?: Date
  readonly createdAt: Date
  readonly startedAt?: Date
  readonly updatedAt: Date
  readonly finishedAt?: Date
}

/** What `start` takes: a job of the sync hook, or as much of it as there is. */
export interface SyncRequest extends SyncRef, SyncWindow {
  readonly userId?: string | undefined
  /** One that was given before changes nothing. */
  readonly idempotencyKey?: string | undefined
  /** Stands for the account and site behind the connection: what was synced of another one does not count. */
  readonly source?: string | undefined
}

/** How a process works. */
export interface WorkOptions {
  /** Runs at a time in this process; default 4. */
  readonly concurrency?: number | undefined
  /** ms between two looks for runs that nobody works on any more; default 1 000, with a `queue` 15 000. */
  readonly recoverEvery?: number | undefined
}

/** A process's work, until it is closed. */
export interface SyncWorker {
  /** Takes nothing more, aborts what is under way, and hands it back at its checkpoint. */
  close(): Promise<void>
}

/** What the engine needs of a client; every `OAuthClient` has it. */
export interface SyncClient {
  readonly provider: ProviderDefinition
  /** As `OAuthClient` has it. */
  getConnection(ref: ConnectionRef): Promise<Connection | undefined>
  /** As `OAuthClient` has it. */
  fetch(ref: ConnectionRef, input: string | URL, init?: RequestInit): Promise<Response>
}

/** A connection's run with what `start` had to say of it. */
export type StartedRun = HistoricalSyncRun & StartedSync

/**
 * The engine. It can be handed to a client as it is: `createOAuthClient(slack, { sync })`.
 * Methods reject with `store_failed` where the store does, `params_invalid` for an id that is none.
 */
export interface HistoricalSync {
  readonly months: number
  /**
   * Plans what of a range has not been synced yet, and has it worked on. Safe to call again: what is done or planned is
   * not planned twice, a gap since the last run is filled, a failed run goes on at its checkpoint.
   */
  start(request: SyncRequest): Promise<StartedRun>
  /** Works on runs in this process, for the connections of these clients, until it is closed. */
  work(clients: readonly SyncClient[], options?: WorkOptions): Promise<SyncWorker>
  /** The latest run of a connection. */
  get(ref: SyncRef): Promise<HistoricalSyncRun | undefined>
  /** The latest run of every connection. */
  list(filter?: {
    readonly provider?: string | undefined
    readonly tenantId?: string | undefined
    readonly status?: SyncStatus | undefined
  }): AsyncIterable<HistoricalSyncRun>
  /** All runs of a connection, the latest first; twenty at most. */
  history(ref: SyncRef): Promise<readonly HistoricalSyncRun[]>
  /** Stops at the last checkpoint, until `resume`. `undefined`: there is no run that could be paused. */
  pause(ref: SyncRef): Promise<HistoricalSyncRun | undefined>
  /** Goes on with a paused or failed run at its checkpoint. `undefined`: there is none. */
  resume(ref: SyncRef): Promise<HistoricalSyncRun | undefined>
  /** Ends a run; what it has synced counts. `undefined`: there is no run that has not ended. */
  cancel(ref: SyncRef): Promise<HistoricalSyncRun | undefined>
  /** Forgets what was synced of a connection, runs and all, for an application that has deleted the data. */
  forget(ref: SyncRef): Promise<boolean>
  /**
   * Has runs worked on again that a dead worker or a lost message left behind, and those whose time has come. Workers do
   * so by themselves; call it at the start of a process that only starts runs. Resolves to how many there were.
   */
  recover(): Promise<number>
  /** Each run of a tenant as it stands, then whenever it changes, in whatever process, until `signal` is aborted. */
  watch(filter: {
    readonly tenantId: string
    readonly provider?: string | undefined
    readonly connectionId?: string | undefined
    readonly signal: AbortSignal
  }): AsyncIterable<HistoricalSyncRun>
  /** Ends what is watched, and closes the workers of this process and what the engine opened itself. */
  close(): Promise<void>
}
