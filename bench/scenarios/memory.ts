import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { fileStore } from 'latchkey'
import { report } from '../report/outcome.ts'
import { installedFolder, isQuick } from '../setting/environment.ts'
import { fill } from '../setting/fill.ts'

// How far memory rises while very many connections are listed or swept, each walk in a fresh process. The connections lie
// in LMDB, or are made one by one as they are asked for; in memory they would be what is measured.

const connections = isQuick ? 300 : 100_000
const allowed = 50
const execute = promisify(execFile)
const folder = installedFolder()
const path = join(folder, 'memory.lmdb')
const walks: [what: string, name: string][] = [
  ['bare', 'floor: LMDB’s own range, each record parsed'],
  ['list', 'list, LMDB'],
  ['list-stream', 'list, a store that makes records as it goes'],
  ['sweep-none', 'refreshExpiring, LMDB, all looked at, none due'],
  ['sweep-all', 'refreshExpiring, LMDB, all due and refreshed'],
]

const store = fileStore(path)
await fill(store, 0, connections)
await store.close?.()
const walked: { name: string; each: number; heap: number; process: number }[] = []
for (const [what, name] of walks) walked.push({ name, ...(await walk(what)) })

const worst = walked.slice(1).reduce((most, each) => (each.heap > most.heap ? each : most))
const grown = walked.slice(1).reduce((most, each) => (each.process > most.process ? each : most))
report({
  scenario: 'memory',
  tables: [
    {
      title: `${connections.toLocaleString('en-GB')} connections: peak above the start`,
      columns: [
        { title: 'what', unit: 'text' },
        { title: 'heap, garbage included', unit: 'mebibytes' },
        { title: 'process', unit: 'mebibytes' },
        { title: 'each', unit: 'us' },
      ],
      rows: walked.map(({ name, heap, process, each }) => [name, heap, process, each]),
    },
  ],
  verdicts: [
    {
      what: 'memory: heap',
      target: `under ${allowed} MB above the start`,
      measured: `${worst.heap.toFixed(0)} MiB (${worst.name})`,
      met: worst.heap * 1.048576 < allowed,
    },
    {
      what: 'memory: process',
      target: `under ${allowed} MB above the start`,
      measured: `${grown.process.toFixed(0)} MiB (${grown.name})`,
      met: grown.process * 1.048576 < allowed,
    },
  ],
})

async function walk(what: string) {
  const child = join(folder, 'bench/children/memory.mjs')
  const { stdout } = await execute(process.execPath, ['--expose-gc', child, what, path, String(connections)])
  const { met, seconds, heap, process: anonymous } = JSON.parse(stdout)
  if (met < connections) throw new Error(`${what}: met ${met} of ${connections} connections`)
  return { each: (seconds * 1e6) / connections, heap: Number(heap), process: Number(anonymous) }
}
