import { join } from 'node:path'
import { memoryStore } from 'latchkey'
import { type Program, startInRounds } from '../measure/children.ts'
import { median } from '../measure/statistics.ts'
import { peerModules } from '../peers/peer.ts'
import { report } from '../report/outcome.ts'
import { codeOf, tokenFor } from '../setting/acme.ts'
import { beginFlow, clientAt } from '../setting/client.ts'
import { installedFolder } from '../setting/environment.ts'
import { startTokenEndpoint } from '../setting/token-endpoint.ts'

// The first exchange of a fresh process, from its first line to the token: import, client, exchange. The library does a
// whole callback for a flow that another process began, loads undici on the way, and reads the token back from the store.

const endpoint = await startTokenEndpoint()
const { origin } = endpoint
const child = join(installedFolder(), 'bench/children/first-exchange.mjs')
const begins = clientAt(origin, { store: memoryStore() })
const own = 'latchkey: the whole callback'
const floors = { fetch: 'floor: fetch', undici: 'floor: undici.request' }
const names: Record<string, string> = {
  latchkey: own,
  'latchkey-fetch': 'latchkey with `fetch: globalThis.fetch`: undici is not loaded',
  ...Object.fromEntries(peerModules.map((module) => [module, module])),
  'oauth2-client': '@badgateway/oauth2-client',
  ...floors,
}

interface Times {
  readonly load: number
  readonly exchange: number
  readonly total: number
}

let next = 0
const programs = Object.entries(names).map(([who, name]): Program => ({ name, args: () => args(who) }))
const printed = await startInRounds(programs, installedFolder(), read)
endpoint.close()

const summaries = printed.map(({ name, values }) => ({
  name,
  load: median(values.map(({ load }) => load)),
  exchange: median(values.map(({ exchange }) => exchange)),
  total: median(values.map(({ total }) => total)),
}))
const ours = summaries.find(({ name }) => name === own)
const peers = summaries.filter(({ name }) => name !== own && !/^(?:floor|latchkey)/.test(name))
const [slowest, second] = [...peers].sort((a, b) => b.total - a.total)
if (!ours || !slowest || !second) throw new Error('nothing was measured')
report({
  scenario: 'first-exchange',
  tables: [
    {
      title: `first exchange in a fresh process, ${printed[0]?.values.length} starts each`,
      columns: [
        { title: 'who', unit: 'text' },
        { title: 'import and client', unit: 'ms' },
        { title: 'exchange', unit: 'ms' },
        { title: 'together', unit: 'ms' },
      ],
      rows: summaries.map(({ name, load, exchange, total }) => [name, load, exchange, total]),
    },
  ],
  verdicts: [
    {
      what: 'first exchange',
      target: 'ahead of the slowest two peers',
      measured: `${ours.total.toFixed(0)} ms; ${second.name} ${second.total.toFixed(0)} ms, ${slowest.name} ${slowest.total.toFixed(0)} ms`,
      met: ours.total < second.total,
    },
  ],
})

async function args(who: string): Promise<readonly string[]> {
  const code = codeOf(next++)
  return [child, who, origin, code, await beginFlow(begins, 't1', code)]
}

function read(printed: unknown, name: string): Times {
  const { begun, loaded, done, token } = Object(printed)
  if (!String(token).startsWith(tokenFor('code'))) throw new Error(`${name}: no token`)
  return { load: loaded - begun, exchange: done - loaded, total: done - begun }
}
