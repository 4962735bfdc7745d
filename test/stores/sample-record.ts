import type { ConnectionKey, StoredConnection } from '../../src/types.ts'

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

export const fullRecord: StoredConnection = sampleRecord({
  userId: 'u1',
  status: 'reconnect_required',
  expiresAt: new Date('2026-03-01T22:00:00.001Z'),
  refreshTokenExpiresAt: new Date('2026-06-01T00:00:00.000Z'),
  account: { id: 'A1', name: 'Ünïcode & <b>' },
  params: { shop: 'a.myshopify.com', quote: '"\\:' },
  version: 7,
})
