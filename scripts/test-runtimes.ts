import { spawnSync } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { makeApplication } from '../test/runtimes/prepare.ts'
import { runtimes } from '../test/runtimes/runtimes.ts'
import { findServers } from '../test/runtimes/servers.ts'
import { testRuntime } from '../test/runtimes/test-runtime.ts'

// npm run test:runtimes -- bun deno workerd node22: the package on other runtimes, the test suite on other Node lines.

const lines = ['node20', 'node22', 'node24', 'node26']
const all = ['bun', 'deno', 'workerd', ...lines]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    /** A tarball of latchkey to test; default this tree, packed. */
    package: { type: 'string' },
    /** Flows by a part of their name: `--flow store`, as often as you like. Default all but the suites of stores. */
    flow: { type: 'string', multiple: true },
  },
})
const wanted = positionals.length > 0 ? positionals : all
const unknown = wanted.filter((name) => !Object.hasOwn(runtimes, name) && !lines.includes(name))
if (unknown.length > 0) {
  console.error(
    `There is no ${unknown.join(', ')}: choose from ${Object.keys(runtimes).join(', ')}, ${lines.join(', ')}`,
  )
  process.exit(2)
}

const failed: string[] = []
let passed = 0
await testPackage(wanted.filter((name) => Object.hasOwn(runtimes, name)))
testSuite(wanted.filter((name) => lines.includes(name)))

const seconds = Math.round(performance.now() / 1_000)
if (failed.length > 0) console.log(`\nfailed:\n${failed.map((each) => `  ${each}`).join('\n')}`)
console.log(`\nruntimes (${wanted.join(' ')}, ${seconds} s)\n${passed} passed, ${failed.length} failed`)
process.exitCode = failed.length > 0 ? 1 : 0

function isAsked(flow: string): boolean {
  if (values.flow === undefined) return !flow.startsWith('suite-')
  return values.flow.some((part) => flow.includes(part))
}

/** A small application with the package in it, on each runtime. */
async function testPackage(names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'latchkey-runtimes-app-')))
  try {
    const servers = await findServers((words) => console.log(words))
    if (!values.flow)
      console.log('suite-* are left out, since they take minutes: ask for them by --flow suite')
    await makeApplication(folder, values.package)
    for (const runtime of names.flatMap((name) => runtimes[name] ?? [])) {
      const tally = await testRuntime(runtime, folder, servers, isAsked)
      passed += tally.passed
      failed.push(...tally.failed)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The whole suite from the sources, line by line: minutes each. */
function testSuite(names: readonly string[]): void {
  if (names.length === 0) return
  const script = fileURLToPath(new URL('./test-node-lines.sh', import.meta.url))
  for (const name of names) {
    const { status } = spawnSync('bash', [script, name.slice('node'.length)], { stdio: 'inherit' })
    if (status === 0) passed += 1
    else failed.push(`${name}: the test suite`)
  }
}
