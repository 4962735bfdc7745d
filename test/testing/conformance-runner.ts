import type { TestRunner } from '../../src/testing/conformance/index.ts'

export interface Failure {
  readonly test: string
  readonly message: string
}

export interface Report {
  readonly suites: readonly string[]
  readonly tests: readonly string[]
  readonly failures: readonly Failure[]
}

/** Runs what `register` registers, all of it at once, and tells what failed. */
export async function runSuite(register: (runner: TestRunner) => void): Promise<Report> {
  const suites: string[] = []
  const tests: [name: string, run: () => Promise<void>][] = []
  register({
    describe(name, define) {
      suites.push(name)
      define()
    },
    it: (name, run) => tests.push([name, run]),
  })
  const outcomes = await Promise.allSettled(tests.map(([, run]) => run()))
  const failures = outcomes.flatMap((outcome, index) => {
    if (outcome.status === 'fulfilled') return []
    const message = outcome.reason instanceof Error ? outcome.reason.message : String(outcome.reason)
    return [{ test: tests[index]?.[0] ?? '', message }]
  })
  return { suites, tests: tests.map(([name]) => name), failures }
}
