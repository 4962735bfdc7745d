import type { SyncStore } from '../../types.ts'
import { type ConformanceOptions, chooseRunner } from './runner.ts'
import { syncDocumentTests } from './sync-documents.ts'
import { syncFailureTests } from './sync-failures.ts'
import { syncListTests } from './sync-listing.ts'
import { withSyncStore } from './sync-samples.ts'
import { syncVersionTests } from './sync-versions.ts'

/** An empty store for one test, and what the suite may do to it. Only `store` must be there. */
export interface SyncStoreUnderTest {
  readonly store: SyncStore
  /**
   * Opens a second store on the same data, as another process would have it: with a connection of its own. Without it
   * the suite tests one store against itself, which finds less.
   */
  another?(): SyncStore | Promise<SyncStore>
  /** Breaks what is stored under `id`, as a bug or a hand in the table would: writes junk, never removes it. */
  damage?(id: string): unknown
  /** Cuts `store` off from its data: ends its pool, stops its server. */
  unplug?(): unknown
  /** Called after the test, passed or failed: closes what `make` and `another` opened, drops what they created. */
  dispose?(): unknown
}

/** What `testSyncStore` is given: called once a test, it must give an empty store each time. */
export type MakeSyncStore = () => SyncStore | SyncStoreUnderTest | Promise<SyncStore | SyncStoreUnderTest>

/** What one test works with. `other` is the second store, or the same one where there is none. */
export interface OpenedSyncStore {
  readonly store: SyncStore
  readonly other: SyncStore
  damage(id: string): Promise<void>
  unplug(): Promise<void>
}

/**
 * Registers the tests that every `SyncStore` must pass, latchkey's own among them, with the runner of the caller.
 * `make` is called once a test and gives an empty store. Each failure says what a store must do and why. Throws
 * `config_invalid` where there is no runner.
 */
export function testSyncStore(make: MakeSyncStore, options: ConformanceOptions = {}): void {
  const { describe, it } = chooseRunner(options)
  const tests = { ...syncDocumentTests, ...syncVersionTests, ...syncListTests, ...syncFailureTests }
  describe(options.name ?? 'SyncStore', () => {
    for (const [name, run] of Object.entries(tests)) it(name, () => withSyncStore(make, run))
  })
}
