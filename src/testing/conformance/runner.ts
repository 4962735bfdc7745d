import { OAuthError } from '../../errors/oauth-error.ts'

/** What a conformance suite needs of a test runner: vitest, jest, mocha and `node:test` all fit. */
export interface TestRunner {
  /** Registers a group of tests. */
  readonly describe: (name: string, define: () => void) => unknown
  /** Registers one test. */
  readonly it: (name: string, run: () => Promise<void>) => unknown
}

/** How a conformance suite is registered. */
export interface ConformanceOptions {
  /** The runner's `describe`. Default: the global one (jest, mocha, vitest with `globals`). */
  readonly describe?: TestRunner['describe'] | undefined
  /** The runner's `it`. Default: the global one. */
  readonly it?: TestRunner['it'] | undefined
  /** What the suite is called in the runner's report. */
  readonly name?: string | undefined
}

/** Throws `config_invalid` where neither the options nor the globals have a runner. */
export function chooseRunner({ describe, it }: ConformanceOptions): TestRunner {
  return { describe: describe ?? globalFunction('describe'), it: it ?? globalFunction('it') }
}

function globalFunction(name: 'describe' | 'it'): (words: string, body: () => unknown) => unknown {
  const found: unknown = Reflect.get(globalThis, name)
  if (typeof found === 'function') return (words, body) => Reflect.apply(found, undefined, [words, body])
  throw new OAuthError({
    code: 'config_invalid',
    detail: `there is no global ${name}() to register the tests of a store with`,
    hint: "Pass the runner's own: import { describe, it } from 'vitest' (or 'node:test'), then { describe, it } as the options.",
  })
}
