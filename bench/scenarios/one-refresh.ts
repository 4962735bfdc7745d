import { memoryStore } from 'latchkey'
import { median } from '../measure/statistics.ts'
import { createExpired } from '../peers/oauth2-client.ts'
import { report } from '../report/outcome.ts'
import { codeOf } from '../setting/acme.ts'
import { beginFlow, clientAt } from '../setting/client.ts'
import { isQuick, roundsOr } from '../setting/environment.ts'
import { lifetime } from '../setting/fill.ts'
import { startTokenEndpoint, type TokenEndpoint } from '../setting/token-endpoint.ts'

// Very many callers at once, one expired token, a provider that takes its time: how many requests it gets, and how
// long until the last caller has the token. The peer keeps one user's token in memory and stores nothing.

const callers = isQuick ? 100 : 10_000
/** ms that the provider takes. */
const latency = 200
const rounds = roundsOr(9)

interface Run {
  readonly requests: number
  /** ms. */
  readonly total: number
}

const endpoint = await startTokenEndpoint()
const contenders = [
  { name: 'latchkey, memory store', make: expired, runs: [] as Run[] },
  { name: '@badgateway/oauth2-client, OAuth2Fetch', make: peerExpired, runs: [] as Run[] },
  { name: 'floor: one refresh by one caller', make: peerExpired, callers: 1, runs: [] as Run[] },
]
for (let round = 0; round <= rounds; round++)
  for (const { name, make, runs, callers: count = callers } of contenders) {
    const run = await race(endpoint, await make(endpoint), count)
    if (run.requests !== 1) throw new Error(`${name}: ${run.requests} requests`)
    // The first is the warm-up.
    if (round > 0) runs.push(run)
  }
endpoint.close()

const rows = contenders.map(({ name, runs }) => {
  const totals = runs.map(({ total }) => total)
  return {
    name,
    requests: Math.max(...runs.map(({ requests }) => requests)),
    total: median(totals),
    most: Math.max(...totals),
  }
})
const own = rows[0]
if (!own) throw new Error('nothing was measured')
const allowed = 1.2 * latency + 100
report({
  scenario: 'one-refresh',
  tables: [
    {
      title: `${callers.toLocaleString('en-GB')} callers, one expired token, a provider that takes ${latency} ms`,
      columns: [
        { title: 'who', unit: 'text' },
        { title: 'requests', unit: 'count' },
        { title: 'until the last has it', unit: 'ms' },
        { title: 'slowest round', unit: 'ms' },
      ],
      rows: rows.map(({ name, requests, total, most }) => [name, requests, total, most]),
    },
  ],
  verdicts: [
    { what: 'one refresh', target: 'one request', measured: String(own.requests), met: own.requests === 1 },
    {
      what: 'one refresh',
      target: `total under 1.2 × ${latency} ms + 100 ms = ${allowed} ms`,
      measured: `${own.total.toFixed(0)} ms`,
      met: own.total < allowed,
    },
  ],
})

async function race(at: TokenEndpoint, ask: () => Promise<string>, count: number): Promise<Run> {
  const before = await at.set(latency)
  const start = performance.now()
  const tokens = await Promise.all(Array.from({ length: count }, ask))
  const total = performance.now() - start
  const [token = '', ...others] = [...new Set(tokens)]
  if (!/^access-token-for-refreshed-\d+$/.test(token) || others.length > 0)
    throw new Error('the callers were not given one and the same new token')
  return { requests: (await at.set(0)) - before, total }
}

async function expired(at: TokenEndpoint): Promise<() => Promise<string>> {
  let now = Date.now()
  const client = clientAt(at.origin, { store: memoryStore(), clock: () => now })
  await client.callback(await beginFlow(client, 't1', codeOf(1)))
  now += 2 * lifetime * 1000
  return () => client.getAccessToken({ tenantId: 't1' })
}

async function peerExpired(at: TokenEndpoint): Promise<() => Promise<string>> {
  return createExpired(at.origin)
}
