import { createHash } from 'node:crypto'
import type { ProviderDefinition } from '../../src/provider/definition.ts'
import type { StoreSpec } from '../support/store-spec.ts'

/** What a worker is made with: its first message. */
export interface WorkerSetup {
  readonly name: string
  readonly store: StoreSpec
  readonly definitions: readonly ProviderDefinition[]
  /** ms for one request. */
  readonly timeout: number
  /** ms that its clock is ahead of the real one. */
  readonly offset: number
  /** ms that a lease lasts at most, so that a dead holder's ends while the test waits. */
  readonly leaseMs?: number
  /** Whether requests name their worker and can be died in; without, the transport is the library's own. */
  readonly wired: boolean
}

/** Where in a refresh a process ends itself. */
export type DeathPoint =
  | 'before-request'
  | 'after-answer'
  | 'write-under-way'
  | 'after-write'
  | 'before-release'

export type StoreFault =
  /** The next `times` operations of this kind fail; with `after`, a save takes effect all the same. */
  | { readonly on: 'save' | 'load'; readonly effect: 'before' | 'after'; readonly times: number }
  /** The store is out of reach for so many ms. */
  | { readonly on: 'everything'; readonly ms: number }
  | { readonly on: 'nothing' }

interface Subject {
  readonly provider: string
  readonly tenantId: string
}

export type Command =
  | (Subject & { readonly do: 'tokens'; readonly count: number; readonly rejected?: string })
  | (Subject & { readonly do: 'refresh' | 'disconnect' })
  | (Subject & { readonly do: 'fetch'; readonly path: string })
  | { readonly do: 'refreshExpiring'; readonly provider: string; readonly within: number }
  | { readonly do: 'clock'; readonly offset: number }
  | { readonly do: 'die'; readonly at: DeathPoint; readonly delay: number }
  | { readonly do: 'store'; readonly fault: StoreFault }
  | { readonly do: 'close' }

/** What came of a command; tokens by `tokenId`, with how many callers got each. */
export interface Outcome {
  readonly tokens: Readonly<Record<string, number>>
  readonly errors: Readonly<Record<string, number>>
  /** HTTP statuses that API calls ended with. */
  readonly statuses: Readonly<Record<string, number>>
  /** Counts that a command answers with (`refreshed`, `revoked` …). */
  readonly counts: Readonly<Record<string, number>>
}

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'outcome'; readonly id: number; readonly outcome: Outcome }
  /** `onError` and `onReconnectRequired`, and what must never happen. */
  | {
      readonly kind: 'heard'
      readonly hook: 'error' | 'reconnect'
      readonly code: string
      readonly tenantId: string
    }
  /** The whole answer of a refresh has arrived in time: `tokenId` of its access token. */
  | { readonly kind: 'received'; readonly token: string }
  | { readonly kind: 'unhandled'; readonly words: string }

/** Names a token without being one. */
export function tokenId(token: string): string {
  return createHash('sha256').update(token).digest('base64url').slice(0, 12)
}
