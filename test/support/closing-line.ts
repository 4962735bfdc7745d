import type { TestModule } from 'vitest/node'

/** Names what was skipped, and ends a run with one plain line, `N passed, N failed, N skipped`, which any CI can read. */
export default class ClosingLine {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 }
    for (const module of modules) {
      for (const test of module.children.allTests()) count[test.result().state] += 1
      // A file that could not even be read has no tests to fail.
      if (module.errors().length > 0) count.failed += 1
    }
    for (const [what, tests] of skippedOf(modules)) console.log(`skipped: ${what}: ${tests}`)
    const failed = count.failed + errors.length
    console.log(`\n${count.passed} passed, ${failed} failed, ${count.skipped + count.pending} skipped`)
  }
}

/** Numbers of skipped tests by file and outermost suite, whose name says why. */
function skippedOf(modules: readonly TestModule[]): Map<string, number> {
  const found = new Map<string, number>()
  for (const module of modules)
    for (const test of module.children.allTests('skipped')) {
      const what = `${module.relativeModuleId} > ${test.fullName.split(' > ')[0]}`
      found.set(what, (found.get(what) ?? 0) + 1)
    }
  return found
}
