import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { memoryStore } from '../../src/stores/memory-store.ts'
import { testCoordinator, testTokenStore } from '../../src/testing/conformance/index.ts'
import { newData, storeOn } from './conformance-models.ts'
import { runSuite } from './conformance-runner.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Runs the suites under node:test in a process of their own. */
async function underNodeTest(store: string): Promise<{ code: unknown; stdout: string }> {
  const script = `
    import { describe, it } from 'node:test'
    import { testCoordinator, testTokenStore } from './src/testing/conformance/index.ts'
    import { memoryStore } from './src/stores/memory-store.ts'
    testTokenStore(() => ${store}, { describe, it, name: 'mine' })
    testCoordinator(memoryStore, { describe, it })
  `
  const args = ['--test-reporter=tap', '--import', 'tsx', '--input-type=module', '--eval', script]
  // A process that vitest started must not take itself for one of its workers.
  const { NODE_TEST_CONTEXT: _context, ...env } = process.env
  return promisify(execFile)(process.execPath, args, { cwd: root, env }).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: unknown) => ({
      code: Reflect.get(Object(error), 'code'),
      stdout: String(Reflect.get(Object(error), 'stdout')),
    }),
  )
}

describe('the conformance suites', () => {
  afterEach(() => vi.unstubAllGlobals())

  it('run under node:test', async () => {
    const { code, stdout } = await underNodeTest('memoryStore()')
    const { tests } = await runSuite((runner) => {
      testTokenStore(memoryStore, runner)
      testCoordinator(memoryStore, runner)
    })
    expect(code).toBe(0)
    expect(stdout).toContain('# Subtest: mine')
    expect(stdout).toContain(`# pass ${tests.length}\n# fail 0`)
  })

  it('fail under node:test for a wrong store, and say why', async () => {
    const { code, stdout } = await underNodeTest('({ ...memoryStore(), load: async () => undefined })')
    expect(code).toBe(1)
    expect(stdout).toContain('not ok 2 - gives back a record with the least')
    expect(stdout).toContain('load must give back every field as it was saved')
  })

  it.each([
    ['testTokenStore', () => testTokenStore(memoryStore)],
    ['testCoordinator', () => testCoordinator(memoryStore)],
  ])('%s says what to pass where there is no global runner', (_name, register) => {
    vi.stubGlobal('describe', undefined)
    vi.stubGlobal('it', undefined)
    expect(register).toThrowError(expect.objectContaining({ code: 'config_invalid' }))
    expect(register).toThrowError(/there is no global describe\(\)/)
    expect(register).toThrowError(
      expect.objectContaining({ hint: expect.stringContaining("import { describe, it } from 'vitest'") }),
    )
  })

  it('use the global runner where there is one', async () => {
    const { suites, tests } = await runSuite((runner) => {
      vi.stubGlobal('describe', runner.describe)
      vi.stubGlobal('it', runner.it)
      testTokenStore(memoryStore, { name: 'by globals' })
    })
    expect(suites).toEqual(['by globals'])
    expect(tests).toContain('creates only what is not there')
  })

  it('dispose of what each test opened, also when it fails, and tell its failure', async () => {
    let open = 0
    const { tests, failures } = await runSuite((runner) =>
      testTokenStore(() => {
        open += 1
        return {
          store: storeOn(newData(), { mayWrite: () => true }),
          dispose() {
            open -= 1
            throw new Error('of dispose')
          },
        }
      }, runner),
    )
    expect(open).toBe(0)
    expect(failures).toHaveLength(tests.length)
    const messageOf = (test: string) => failures.find((failure) => failure.test === test)?.message
    expect(messageOf('creates only what is not there')).toMatch(/^save with expectedVersion null must/)
    expect(messageOf('gives back a record with the least')).toBe('of dispose')
  })
})
