import { OAuthError } from '../errors/oauth-error.ts'
import type { SyncDocument, SyncFilter, SyncStatus } from '../types.ts'
import { assertId } from './connection-key.ts'

/** Raised when a later version writes what this one would misread. */
const format = 1
const idPattern = /^[A-Za-z0-9_-]{1,100}$/
/** The latest time that a `Date` can be, in ms. */
const latest = 8_640_000_000_000_000
const statuses: readonly SyncStatus[] = ['pending', 'running', 'paused', 'completed', 'failed', 'cancelled']

/** Throws `params_invalid` unless it is 1 to 100 of `A-Za-z0-9_-`. */
export function assertSyncId(id: unknown): asserts id is string {
  if (typeof id !== 'string' || !idPattern.test(id))
    throw new OAuthError({
      code: 'params_invalid',
      detail: 'the id of a sync document must be 1 to 100 letters, digits, "-" and "_"',
    })
}

/** Throws `params_invalid` for ids that no store could hold, and `record_unreadable` for what could not be read again. */
export function checkSyncDocument(document: SyncDocument): SyncDocument {
  assertSyncId(document.id)
  if (document.provider !== undefined) assertId('provider', document.provider)
  if (document.tenantId !== undefined) assertId('tenantId', document.tenantId)
  return parseSyncDocument(document)
}

export function encodeSyncDocument(document: SyncDocument): string {
  const { id, version, provider, tenantId, status, dueAt, data } = document
  return JSON.stringify({ format, id, version, provider, tenantId, status, dueAt, data })
}

/** Reads what `encodeSyncDocument` wrote. Throws `record_unreadable`. */
export function decodeSyncDocument(text: string, id?: string): SyncDocument {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw unreadableSync('is not JSON')
  }
  return parseSyncDocument(value, id)
}

/**
 * Judges a document of unknown origin; `null` counts as absent. With `id`, it must be that document. Throws
 * `record_unreadable`, naming the field and never its value.
 */
export function parseSyncDocument(value: unknown, id?: string): SyncDocument {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw unreadableSync('is no object')
  const fields = new Map<string, unknown>(Object.entries(value))
  const field = (name: string) => fields.get(name) ?? undefined
  const given = field('format')
  if (given !== undefined && given !== format)
    throw unreadableSync('was written by another version of latchkey')
  const own = field('id')
  if (typeof own !== 'string' || !idPattern.test(own)) throw unusable('id')
  if (id !== undefined && own !== id) throw unreadableSync('is another one than was asked for')
  const version = field('version')
  if (!isWhole(version, Number.MAX_SAFE_INTEGER)) throw unusable('version')
  const provider = optionalText(field('provider'), 'provider')
  const tenantId = optionalText(field('tenantId'), 'tenantId')
  const status = field('status')
  const known = statuses.find((each) => each === status)
  if (status !== undefined && known === undefined) throw unusable('status')
  const dueAt = field('dueAt')
  if (dueAt !== undefined && !isWhole(dueAt, latest)) throw unusable('dueAt')
  const data = field('data')
  if (typeof data !== 'string') throw unusable('data')
  return {
    id: own,
    version,
    ...(provider !== undefined && { provider }),
    ...(tenantId !== undefined && { tenantId }),
    ...(known !== undefined && { status: known }),
    ...(dueAt !== undefined && { dueAt }),
    data,
  }
}

/** Whether `list` with this filter yields the document. Without a status it is never listed. */
export function matchesSync(document: SyncDocument, filter: SyncFilter): boolean {
  const { provider, tenantId, status, dueBefore } = filter
  if (document.status === undefined) return false
  if (provider !== undefined && document.provider !== provider) return false
  if (tenantId !== undefined && document.tenantId !== tenantId) return false
  if (status !== undefined && document.status !== status) return false
  return dueBefore === undefined || (document.dueAt !== undefined && document.dueAt < dueBefore)
}

/** The same filter with a `dueBefore` that is a whole number from 0 on. Throws `params_invalid` where it is no number. */
export function checkSyncFilter(filter: SyncFilter): SyncFilter {
  const { dueBefore } = filter
  if (dueBefore === undefined) return filter
  if (typeof dueBefore !== 'number' || Number.isNaN(dueBefore))
    throw new OAuthError({ code: 'params_invalid', detail: 'dueBefore must be a number of ms since 1970' })
  return { ...filter, dueBefore: Math.min(Math.max(0, Math.ceil(dueBefore)), latest + 1) }
}

export function unreadableSync(words: string): OAuthError {
  return new OAuthError({
    code: 'record_unreadable',
    detail: `the stored sync document ${words}`,
    hint: 'What a historical sync had stored is damaged. Restore it from a backup, or remove it: the sync then begins anew.',
  })
}

function unusable(field: string): OAuthError {
  return unreadableSync(`has no usable ${field}`)
}

function optionalText(value: unknown, field: string): string | undefined {
  if (value === undefined || typeof value === 'string') return value
  throw unusable(field)
}

function isWhole(value: unknown, most: number): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= most
}
