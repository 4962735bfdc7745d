import { randomUUID } from 'node:crypto'
import type {
  ConnectionFilter,
  ConnectionKey,
  Coordinator,
  StoredConnection,
  TokenStore,
} from '../../src/types.ts'

/** What stands for a backend: two stores on one of these are two processes on one server. */
export interface Data {
  readonly records: Map<string, StoredConnection | 'junk'>
  isDown: boolean
}

export const newData = (): Data => ({ records: new Map(), isDown: false })

/** The choices at which a store goes right or wrong. Those that are not given go right. */
export interface StoreChoices {
  /** How a record goes in and comes out; default a copy. */
  readonly copyIn?: (record: StoredConnection, previous: StoredConnection | undefined) => StoredConnection
  readonly copyOut?: (record: StoredConnection) => StoredConnection
  readonly key?: (key: ConnectionKey) => string
  readonly mayWrite?: (stored: number | undefined, expected: number | null) => boolean
  readonly mayRemove?: (stored: number, expected: number | undefined) => boolean
  /** Between the comparison and the write. */
  readonly pause?: () => Promise<void>
  readonly onFailure?: 'throw' | 'answer nothing'
  readonly onJunk?: 'throw' | 'answer nothing'
  readonly removeAnswers?: (removed: boolean) => boolean
  readonly matches?: (record: StoredConnection, filter: ConnectionFilter) => boolean
  readonly list?: (
    data: Data,
    matches: (record: StoredConnection) => boolean,
  ) => AsyncGenerator<StoredConnection>
}

export const keyOf = ({ provider, tenantId, connectionId }: ConnectionKey) =>
  JSON.stringify([provider, tenantId, connectionId])

export function matchesFilter(record: StoredConnection, filter: ConnectionFilter): boolean {
  const { provider, tenantId, status, expiresBefore, refreshedBefore } = filter
  if (provider !== undefined && record.provider !== provider) return false
  if (tenantId !== undefined && record.tenantId !== tenantId) return false
  if (status !== undefined && record.status !== status) return false
  if (expiresBefore !== undefined && !(record.expiresAt && record.expiresAt < expiresBefore)) return false
  return refreshedBefore === undefined || record.refreshedAt < refreshedBefore
}

/** The readable records in order of their keys; the error of an unreadable one comes last. */
async function* listAll(
  data: Data,
  matches: (record: StoredConnection) => boolean,
): AsyncGenerator<StoredConnection> {
  let isDamaged = false
  for (const key of [...data.records.keys()].sort()) {
    const record = data.records.get(key)
    if (record === 'junk') isDamaged = true
    else if (record && matches(record)) yield record
  }
  if (isDamaged) throw new Error('a record is damaged')
}

export function storeOn(data: Data, choices: StoreChoices = {}): TokenStore {
  const copyIn = choices.copyIn ?? ((record) => structuredClone(record))
  const copyOut = choices.copyOut ?? ((record) => structuredClone(record))
  const key = choices.key ?? keyOf
  const read = (id: string): StoredConnection | undefined => {
    if (data.isDown) throw new Error('no connection')
    const found = data.records.get(id)
    if (found !== 'junk') return found
    if (choices.onJunk === 'answer nothing') return undefined
    throw new Error('the record is damaged')
  }
  return {
    async load(ref) {
      try {
        const found = read(key(ref))
        return found && copyOut(found)
      } catch (error) {
        if (choices.onFailure === 'answer nothing') return undefined
        throw error
      }
    },
    async save(record, { expectedVersion }) {
      const previous = read(key(record))
      const mayWrite = choices.mayWrite ?? ((stored, expected) => (stored ?? null) === expected)
      if (!mayWrite(previous?.version, expectedVersion)) return false
      if (choices.pause) await choices.pause()
      data.records.set(key(record), copyIn(record, previous))
      return true
    },
    async remove(ref, options) {
      if (data.isDown) throw new Error('no connection')
      const stored = data.records.get(key(ref))
      const expected = options?.expectedVersion
      const version = stored === 'junk' ? expected : stored?.version
      const mayRemove = choices.mayRemove ?? ((found, wanted) => wanted === undefined || found === wanted)
      const isThere = stored !== undefined && mayRemove(version ?? 0, expected)
      if (choices.pause) await choices.pause()
      if (isThere) data.records.delete(key(ref))
      return choices.removeAnswers ? choices.removeAnswers(isThere) : isThere
    },
    async *list(filter) {
      if (data.isDown) throw new Error('no connection')
      const matches = choices.matches ?? matchesFilter
      for await (const record of (choices.list ?? listAll)(data, (found) => matches(found, filter)))
        yield copyOut(record)
    },
  }
}

/** What stands for a server of claims and leases. */
export interface Board {
  readonly claims: Map<string, number>
  readonly leases: Map<string, { readonly owner: string; readonly endsAt: number }>
}

export const newBoard = (): Board => ({ claims: new Map(), leases: new Map() })

export interface CoordinatorChoices {
  readonly key?: (key: string) => string
  readonly claimMs?: (ttlMs: number) => number
  readonly leaseMs?: (ttlMs: number) => number
  /** ms that a waiter waits for its turn. */
  readonly patience?: (ttlMs: number) => number
  readonly pollMs?: number
  /** Between a look and what is done about it. */
  readonly pause?: () => Promise<void>
  readonly mayTake?: (isFree: boolean) => boolean
  readonly mayRelease?: (isOwner: boolean) => boolean
  readonly releaseOnError?: boolean
  readonly onError?: (error: unknown) => unknown
  readonly onLost?: () => void
  /** Leases that can be held at once. */
  readonly slots?: number
}

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

export function coordinatorOn(board: Board, choices: CoordinatorChoices = {}): Coordinator {
  const idOf = choices.key ?? ((key) => key)
  const isFree = (endsAt: number | undefined) => endsAt === undefined || endsAt <= Date.now()
  let held = 0
  return {
    async claim(key, ttlMs) {
      const id = idOf(key)
      if (!isFree(board.claims.get(id))) return false
      if (choices.pause) await choices.pause()
      board.claims.set(id, Date.now() + (choices.claimMs?.(ttlMs) ?? ttlMs))
      return true
    },
    async withLease(key, ttlMs, run) {
      const id = idOf(key)
      const owner = randomUUID()
      const until = Date.now() + (choices.patience?.(ttlMs) ?? ttlMs + 50)
      const mayTake = choices.mayTake ?? ((free) => free)
      while (
        held >= (choices.slots ?? Number.POSITIVE_INFINITY) ||
        !mayTake(isFree(board.leases.get(id)?.endsAt))
      ) {
        if (Date.now() >= until) throw new Error('gave up')
        await wait(choices.pollMs ?? 10)
      }
      if (choices.pause) await choices.pause()
      held += 1
      board.leases.set(id, { owner, endsAt: Date.now() + (choices.leaseMs?.(ttlMs) ?? ttlMs) })
      const release = () => {
        held -= 1
        const isOwner = board.leases.get(id)?.owner === owner
        if (choices.mayRelease?.(isOwner) ?? isOwner) board.leases.delete(id)
        if (!isOwner) choices.onLost?.()
      }
      let value: Awaited<ReturnType<typeof run>>
      try {
        value = await run()
      } catch (error) {
        if (choices.releaseOnError !== false) release()
        throw choices.onError ? choices.onError(error) : error
      }
      release()
      return value
    },
  }
}
