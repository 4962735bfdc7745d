import type { z as Zod } from 'zod'
import { OAuthError } from '../errors/oauth-error.ts'
import { shortHash } from '../state/digest.ts'
import { encodeConnectionKey } from '../stores/connection-key.ts'
import type { ConnectionKey, SyncDocument } from '../types.ts'
import type { SyncRef } from './types.ts'

type Schema = ReturnType<typeof createSchema>
/** What is kept of one connection: what was synced of it, and its runs. Times are ms since 1970. */
export type Ledger = Zod.infer<Schema>
/** One run, and where it stands. */
export type RunRecord = Ledger['runs'][number]
export type WindowRecord = RunRecord['windows'][number]
export type FailureRecord = NonNullable<RunRecord['failure']>

function createSchema(zod: typeof Zod) {
  const time = zod.number()
  const count = zod.number().int().nonnegative()
  const range = { from: time, to: time }
  const window = zod.object({
    ...range,
    done: zod.boolean(),
    records: count,
    total: count.optional(),
    /** `null`: all of the window has been reported. */
    cursor: zod.string().nullable().optional(),
  })
  const failure = zod.object({
    at: time,
    // Another version of the library may know more codes.
    code: zod.string(),
    message: zod.string(),
    hint: zod.string(),
    retryable: zod.boolean(),
    window: zod.object(range).optional(),
  })
  const run = zod.object({
    number: count,
    userId: zod.string().optional(),
    /** Idempotency keys of what began it or was added to it. */
    keys: zod.array(zod.string()),
    status: zod.enum(['pending', 'running', 'paused', 'completed', 'failed', 'cancelled']),
    nothingToDo: zod.enum(['already_synced', 'no_run', 'empty_range']).optional(),
    ...range,
    /** Newest first. */
    windows: zod.array(window),
    attempts: count,
    failure: failure.optional(),
    failures: zod.array(failure),
    retryAt: time.optional(),
    /** The worker, and until when it need not be heard of. */
    owner: zod.string().optional(),
    leaseEnds: time.optional(),
    createdAt: time,
    startedAt: time.optional(),
    updatedAt: time,
    finishedAt: time.optional(),
  })
  return zod.object({
    format: zod.literal(1),
    provider: zod.string(),
    tenantId: zod.string(),
    connectionId: zod.string(),
    /** Which account and site: what was synced of another one does not count. */
    source: zod.string().optional(),
    /** What is synced, apart from each other and in the order of time. */
    covered: zod.array(zod.object(range)),
    /** Runs there have ever been. */
    count,
    /** The latest first. */
    runs: zod.array(run),
  })
}

let schema: Schema | undefined

/** Throws `record_unreadable`; it never quotes the document. */
export async function readLedger(document: SyncDocument): Promise<Ledger> {
  schema ??= createSchema((await import('zod')).z)
  let value: unknown
  try {
    value = JSON.parse(document.data)
  } catch {
    value = undefined
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new OAuthError({
    code: 'record_unreadable',
    detail: 'what is stored of a historical sync is not what this version of latchkey wrote',
    hint: 'Forget the sync of this connection (sync.forget), or let the version that wrote it finish.',
  })
}

/** A ledger as the store keeps it. */
export function writeLedger(id: string, ledger: Ledger, version: number): SyncDocument {
  const [run] = ledger.runs
  const dueAt = run && dueOf(run)
  return {
    id,
    version,
    provider: ledger.provider,
    tenantId: ledger.tenantId,
    ...(run && { status: run.status }),
    ...(dueAt !== undefined && { dueAt }),
    data: JSON.stringify(ledger),
  }
}

/** When a worker should take a run up: once it may be tried, or once its worker has been silent for too long. */
function dueOf(run: RunRecord): number | undefined {
  if (run.status === 'pending') return run.retryAt ?? run.updatedAt
  return run.status === 'running' ? run.leaseEnds : undefined
}

/** The connection that a ref names. Throws `params_invalid` for an id that is none. */
export function keyOf({ provider, tenantId, connectionId = 'default' }: SyncRef): ConnectionKey {
  const key = { provider, tenantId, connectionId }
  encodeConnectionKey(key)
  return key
}

/** The id of a connection's document. */
export function ledgerId(key: ConnectionKey): string {
  return shortHash(encodeConnectionKey(key), 18)
}
