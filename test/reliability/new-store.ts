import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StoreKind, StoreSpec } from '../support/store-spec.ts'

/** The name of a store that nobody else uses. */
export function newStore(kind: StoreKind): StoreSpec {
  const name = `latchkey_reliability_${randomUUID().replaceAll('-', '').slice(0, 16)}`
  return `${kind}:${kind === 'lmdb' ? join(tmpdir(), name) : name}`
}
