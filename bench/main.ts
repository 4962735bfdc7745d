import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve as resolvePath } from 'node:path'
import { parseArgs } from 'node:util'
import { writeDocument } from './report/document.ts'
import { machineText } from './report/machine.ts'
import type { Outcome } from './report/outcome.ts'
import { outcomeText } from './report/text.ts'
import { install, peerVersions } from './setting/installed.ts'

const scenarios = [
  'authorize',
  'callback',
  'get-access-token',
  'one-refresh',
  'cold-import',
  'first-exchange',
  'memory',
  'growth',
  'size',
] as const

const usage = `npm run bench [-- <scenario>…] [--json] [--write] [--quick]

Scenarios: ${scenarios.join(', ')}. Without one, all of them, in this order.
  --json   one JSON document instead of tables
  --write  also puts the tables into docs/performance.md
  --quick  does each job a few times and checks it; no numbers
  --profile <folder>  also leaves a .cpuprofile of each scenario there
  --tarball <file>  measures this packed latchkey instead of building one
  --rounds <n>  instead of 11 (25 for what starts processes)`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    tarball: { type: 'string' },
    profile: { type: 'string' },
    rounds: { type: 'string', default: '' },
    help: { type: 'boolean', default: false },
  },
})
const unknown = positionals.filter((name) => !scenarios.some((each) => each === name))
if (values.help || unknown.length > 0 || (values.quick && values.write)) {
  if (unknown.length > 0) console.error(`no such scenario: ${unknown.join(', ')}\n`)
  if (values.quick && values.write) console.error('the numbers of --quick are not for the documentation\n')
  console.log(usage)
  process.exit(values.help ? 0 : 2)
}

const profiling = values.profile ? ['--cpu-prof', `--cpu-prof-dir=${resolvePath(values.profile)}`] : []
const folder = mkdtempSync(join(tmpdir(), 'latchkey-bench-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
// Also when it is interrupted: the folder is large.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

if (!values.json) console.log(`installing in ${folder}`)
await install(folder, values.tarball && resolvePath(values.tarball))
const machine = machineText(peerVersions())
const outcomes: Outcome[] = []
for (const scenario of scenarios) {
  if (positionals.length > 0 && !positionals.includes(scenario)) continue
  const outcome = await run(scenario)
  outcomes.push(outcome)
  if (values.json) continue
  console.log(values.quick ? `${scenario}: everyone did the job` : `\n${outcomeText(outcome)}`)
}
if (values.json) console.log(JSON.stringify({ machine, outcomes }, null, 2))
else if (!values.quick) console.log(`\n${machine}`)
if (values.write) {
  // Each with its own date and machine: scenarios can be written one by one.
  const texts = outcomes.map((outcome) => [outcome.scenario, `${outcomeText(outcome)}\n\n${machine}`])
  writeDocument(Object.fromEntries(texts))
}

/** One scenario in a process of its own. Rejects where a contender did not do its job. */
function run(scenario: string): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    let outcome: Outcome | undefined
    const child = fork(join(folder, 'bench/scenarios', `${scenario}.mjs`), {
      cwd: folder,
      execArgv: profiling,
      env: {
        ...process.env,
        LATCHKEY_BENCH_FOLDER: folder,
        LATCHKEY_BENCH_QUICK: values.quick ? '1' : '0',
        LATCHKEY_BENCH_ROUNDS: values.rounds,
      },
    })
    child.on('message', (message: Outcome) => {
      outcome = message
    })
    const end = () => child.kill()
    // Before its folder is removed.
    process.prependOnceListener('exit', end)
    child.on('error', reject)
    child.on('exit', (code) => {
      process.off('exit', end)
      if (code === 0 && outcome) resolve(outcome)
      else reject(new Error(`the scenario ${scenario} failed (exit code ${code})`))
    })
  })
}
