import { failureTests } from './failures.ts'
import { idTests } from './ids.ts'
import { listTests } from './listing.ts'
import { changingListTests } from './listing-changes.ts'
import { recordTests } from './records.ts'
import { type ConformanceOptions, chooseRunner } from './runner.ts'
import { type MakeStore, type OpenedStore, withStore } from './under-test.ts'
import { versionTests } from './versions.ts'

/** Tests of a store by name. */
export type StoreTests = Readonly<Record<string, (opened: OpenedStore) => Promise<void>>>

/**
 * Registers the tests that every `TokenStore` must pass, latchkey's own among them, with the runner of the caller.
 * `make` is called once a test and gives an empty store. Each failure says what a store must do and why. A runner that
 * cuts tests off after less than 5 s (mocha: 2 s) may do so before a test can say what it waited for. Throws
 * `config_invalid` where there is no runner.
 */
export function testTokenStore(make: MakeStore, options: ConformanceOptions = {}): void {
  const { describe, it } = chooseRunner(options)
  const tests: StoreTests = {
    ...recordTests,
    ...versionTests,
    ...listTests,
    ...changingListTests,
    ...idTests,
    ...failureTests,
  }
  describe(options.name ?? 'TokenStore', () => {
    for (const [name, run] of Object.entries(tests)) it(name, () => withStore(make, run))
  })
}
