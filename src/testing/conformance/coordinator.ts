import { claimTests } from './claims.ts'
import { leaseTests } from './leases.ts'
import { lostLeaseTests } from './lost-leases.ts'
import { type ConformanceOptions, chooseRunner } from './runner.ts'
import { type MakeCoordinator, type OpenedCoordinator, withCoordinator } from './under-test.ts'

/** Tests of a coordinator by name. */
export type CoordinatorTests = Readonly<Record<string, (opened: OpenedCoordinator) => Promise<void>>>

/**
 * Registers the tests that every `Coordinator` must pass, latchkey's own among them, with the runner of the caller.
 * `make` is called once a test; a store in its place stands for its own coordinator. Durations are real, since the
 * backend's clock judges them: the whole takes about two seconds. Throws `config_invalid` where there is no runner.
 */
export function testCoordinator(make: MakeCoordinator, options: ConformanceOptions = {}): void {
  const { describe, it } = chooseRunner(options)
  const tests: CoordinatorTests = { ...claimTests, ...leaseTests, ...lostLeaseTests }
  describe(options.name ?? 'Coordinator', () => {
    for (const [name, run] of Object.entries(tests)) it(name, () => withCoordinator(make, run))
  })
}
