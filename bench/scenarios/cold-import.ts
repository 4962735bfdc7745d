import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Printed, type Program, startInRounds } from '../measure/children.ts'
import { median } from '../measure/statistics.ts'
import { report } from '../report/outcome.ts'
import { installedFolder } from '../setting/environment.ts'

// What importing a library adds to the start of a process that does nothing else: ms from the start of the process
// to the first line after the imports, less the same without an import. The packages lie in node_modules.

const folder = join(installedFolder(), 'cold-import')
mkdirSync(folder)

// As many files as the library has on the way to one provider, with nothing in them: what finding and opening them takes.
const empty = join(installedFolder(), 'node_modules', 'empty')
mkdirSync(empty)
const entries = { '.': './index.js', './second': './second.js' }
writeFileSync(
  join(empty, 'package.json'),
  JSON.stringify({ name: 'empty', type: 'module', exports: entries }),
)
writeFileSync(join(empty, 'index.js'), "import './core.js'\n")
for (const file of ['core.js', 'second.js']) writeFileSync(join(empty, file), '')

const bare = 'bare Node'
const core = 'latchkey, core + one provider'
const all = 'latchkey, core + all providers'
const floor = 'floor: three empty modules of a package'
const peer = 'openid-client'
const programs: Program[] = [
  program(bare, []),
  program(floor, ["import 'empty'", "import 'empty/second'"]),
  program('node:crypto alone', ["import 'node:crypto'"]),
  program(core, ["import 'latchkey'", "import 'latchkey/providers/slack'"]),
  program(all, ["import 'latchkey'", "import 'latchkey/providers'"]),
  program(`${core} (require)`, ["require('latchkey')", "require('latchkey/providers/slack')"], 'cjs'),
  ...['arctic', 'oauth4webapi', peer, 'simple-oauth2', '@badgateway/oauth2-client'].map((name) =>
    program(name, [`import '${name}'`]),
  ),
]

const printed = await startInRounds(programs, folder, (value) => Number(value))
const start = find(bare)
const rows = printed.map((each) => {
  const { name, values } = each
  if (name === bare) return [name, median(values), Math.min(...values), null, null]
  return [
    name,
    median(values),
    Math.min(...values),
    above(each),
    Math.min(...values) - Math.min(...start.values),
  ]
})
const ours = above(find(core))
const theirs = above(find(peer))
const everything = above(find(all))
report({
  scenario: 'cold-import',
  tables: [
    {
      title: `cold import, ${start.values.length} starts each`,
      columns: [
        { title: 'what', unit: 'text' },
        { title: 'median', unit: 'ms' },
        { title: 'fastest', unit: 'ms' },
        { title: 'above bare Node, median', unit: 'ms' },
        { title: 'above bare Node, fastest', unit: 'ms' },
      ],
      rows,
    },
  ],
  verdicts: [
    { what: core, target: 'under 5 ms', measured: `${ours.toFixed(1)} ms`, met: ours < 5 },
    {
      what: core,
      target: `below ${peer}`,
      measured: `${ours.toFixed(1)} ms to ${theirs.toFixed(1)} ms`,
      met: ours < theirs,
    },
    { what: all, target: 'under 10 ms', measured: `${everything.toFixed(1)} ms`, met: everything < 10 },
  ],
})

function program(name: string, lines: readonly string[], kind: 'mjs' | 'cjs' = 'mjs'): Program {
  const file = join(folder, `${name.replace(/\W+/g, '-')}.${kind}`)
  // `performance.now()` counts from the start of the process.
  writeFileSync(file, `${[...lines, 'process.stdout.write(String(performance.now()))'].join('\n')}\n`)
  return { name, args: [file] }
}

function find(name: string): Printed<number> {
  const found = printed.find((each) => each.name === name)
  if (!found) throw new Error(`nothing was measured for ${name}`)
  return found
}

/** The median of the differences within a round. */
function above({ values }: Printed<number>): number {
  return median(values.map((value, round) => value - (start.values[round] ?? Number.NaN)))
}
