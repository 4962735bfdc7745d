import type { ConnectionFilter, ConnectionKey, StoredConnection, TokenStore } from '../../types.ts'
import { must, mustEqual } from './assertions.ts'

export const sampleKey: ConnectionKey = { provider: 'slack', tenantId: 't1', connectionId: 'default' }

const day = new Date('2026-03-01T10:00:00.123Z')

/** A record with every field that must be there; `changes` adds the rest. */
export function sampleRecord(changes: Partial<StoredConnection> = {}): StoredConnection {
  return {
    ...sampleKey,
    status: 'active',
    scopes: ['channels:read', 'users:read'],
    tokenType: 'Bearer',
    params: {},
    createdAt: day,
    connectedAt: day,
    updatedAt: day,
    refreshedAt: day,
    version: 1,
    sealed: 'k1.c2VhbGVk',
    ...changes,
  }
}

/** A record with every field there is, of values that are often mistreated on their way. */
export const fullRecord: StoredConnection = sampleRecord({
  userId: "u'1; --",
  status: 'reconnect_required',
  scopes: ['https://example.com/auth/drive.readonly', 'a,b', '{c}', '"d"', ''],
  expiresAt: new Date('2026-03-01T22:00:00.001Z'),
  refreshTokenExpiresAt: new Date('2026-06-01T00:00:00.000Z'),
  account: { id: 'A1', name: 'Ünïcode 🏳️‍🌈 & <b>' },
  params: { shop: 'a.myshopify.com', quote: '"\\:', empty: '' },
  choices: { cloudId: [{ id: 'c1', name: 'Site' }, { id: 'c2' }], none: [] },
  version: 7,
  // Tokens that are signed documents run to kilobytes.
  sealed: `k1.${'c2VhbGVk'.repeat(2_000)}`,
})

export function create(store: TokenStore, record: StoredConnection): Promise<boolean> {
  return store.save(record, { expectedVersion: null })
}

/** Creates them all, some at a time. */
export async function createAll(store: TokenStore, records: readonly StoredConnection[]): Promise<void> {
  for (let start = 0; start < records.length; start += 100) {
    const answers = await Promise.all(
      records.slice(start, start + 100).map((record) => create(store, record)),
    )
    mustEqual(
      new Set(answers),
      new Set([true]),
      'save with expectedVersion null must answer true for what is not there: else a connection is not stored',
    )
  }
}

/** What `list` gives, as long as it is no more than any test has saved: one without an end would hang the runner. */
export async function* listed(
  store: TokenStore,
  filter: ConnectionFilter = {},
): AsyncGenerator<StoredConnection, void> {
  let left = 2_500
  for await (const record of store.list(filter)) {
    must(
      left > 0,
      'list must end, also where what it gives is saved while it runs (page by a key that never changes)',
    )
    left -= 1
    yield record
  }
}

export async function collect(store: TokenStore, filter: ConnectionFilter): Promise<StoredConnection[]> {
  const found: StoredConnection[] = []
  for await (const record of listed(store, filter)) found.push(record)
  return found
}

/** The record as the library sees it: a store on a table of the application's may hand back more. */
function knownFields(record: StoredConnection | undefined): Partial<StoredConnection> | undefined {
  if (!record) return undefined
  const { provider, tenantId, connectionId, userId, status, scopes, tokenType, expiresAt } = record
  const { refreshTokenExpiresAt, account, params, choices, createdAt, connectedAt, updatedAt } = record
  const { refreshedAt, version, sealed } = record
  const dates = { expiresAt, refreshTokenExpiresAt, createdAt, connectedAt, updatedAt, refreshedAt }
  const rest = { status, scopes, tokenType, params, choices, version, sealed }
  const present = Object.entries({ provider, tenantId, connectionId, userId, account, ...dates, ...rest })
  return Object.fromEntries(present.filter(([, value]) => value !== undefined))
}

/** Fails unless `found` is `expected`, field for field. */
export function mustBeRecord(
  found: StoredConnection | undefined,
  expected: StoredConnection | undefined,
  words: string,
): void {
  mustEqual(knownFields(found), knownFields(expected), words)
}

/** Which connection, as one string. */
export function nameOf({ provider, tenantId, connectionId }: ConnectionKey): string {
  return JSON.stringify([provider, tenantId, connectionId])
}
