import { join } from 'node:path'
import { fileStore, memoryStore, type TokenStore } from 'latchkey'
import { measureInRounds, ratioOf, summarise } from '../measure/rounds.ts'
import { median } from '../measure/statistics.ts'
import { exchangeByUndici } from '../peers/floors.ts'
import { report, type Table } from '../report/outcome.ts'
import { codeOf, tokenFor } from '../setting/acme.ts'
import { installedFolder, isQuick, roundsOr } from '../setting/environment.ts'
import { callbackContender, exchangeContender } from '../setting/exchanges.ts'
import { fill, lifetime, offlineClient, tenant } from '../setting/fill.ts'
import { startTokenEndpoint } from '../setting/token-endpoint.ts'

// How cost grows with the number of connections in the store, and with the number of callbacks at once.

const sizes = isQuick ? [10, 100] : [1_000, 10_000, 100_000]
const lanes = isQuick ? [1, 8] : [1, 8, 64]
const repeats = roundsOr(5)

const bySize = [...(await sized('memory', memoryStore())), ...(await sized('LMDB', fileStore(path())))]
const tables: Table[] = [
  {
    title: 'growth with connections: time for each',
    columns: [
      { title: 'store', unit: 'text' },
      { title: 'connections', unit: 'count' },
      { title: 'getAccessToken', unit: 'us' },
      { title: 'list', unit: 'us' },
      { title: 'refreshExpiring, all looked at, none due', unit: 'us' },
    ],
    rows: bySize,
  },
  await byLanes(),
]
report({ scenario: 'growth', tables, verdicts: [] })

function path(): string {
  return join(installedFolder(), 'growth.lmdb')
}

async function sized(name: string, store: TokenStore): Promise<[string, ...number[]][]> {
  const rows: [string, ...number[]][] = []
  const client = offlineClient(store)
  let filled = 0
  for (const size of sizes) {
    await fill(store, filled, size)
    filled = size
    const asked = Math.min(size, 20_000)
    // Spread over all of them, in an order of no store's liking.
    const whom = Array.from({ length: asked }, (_, index) => (index * 7_919) % size)
    const get = await timeEach(asked, async () => {
      for (const index of whom) {
        const token = await client.getAccessToken({ tenantId: tenant(index) })
        if (token !== tokenFor(codeOf(index))) throw new Error(`not the token of ${tenant(index)}`)
      }
    })
    const list = await timeEach(size, async () => {
      let listed = 0
      for await (const _connection of client.list()) listed += 1
      if (listed !== size) throw new Error(`listed ${listed} of ${size}`)
    })
    const sweep = await timeEach(size, async () => {
      // All are looked at and none is renewed: it is the first half of their life.
      const { refreshed, failed } = await client.refreshExpiring({ within: 2 * lifetime * 1000 })
      if (refreshed + failed > 0) throw new Error('the sweep refreshed what was not due')
    })
    rows.push([name, size, get, list, sweep])
  }
  await store.close?.()
  return rows
}

/** µs for one, by the median of some repeats; a first run warms up. */
async function timeEach(count: number, work: () => Promise<void>): Promise<number> {
  const times: number[] = []
  for (let turn = 0; turn <= repeats; turn++) {
    const start = performance.now()
    await work()
    if (turn > 0) times.push(((performance.now() - start) * 1000) / count)
  }
  return median(times)
}

async function byLanes(): Promise<Table> {
  const endpoint = await startTokenEndpoint()
  const exchange = await exchangeByUndici(endpoint.origin, false)
  const rows: [number, ...number[]][] = []
  for (const many of lanes) {
    const [own, floor] = await measureInRounds([
      callbackContender('latchkey', endpoint.origin, many),
      exchangeContender('undici.request', exchange, many),
    ])
    if (!own || !floor) throw new Error('nothing was measured')
    const [ours, bare] = [summarise(own), summarise(floor)]
    rows.push([many, ours.rate, ours.spread, ours.cost, bare.rate, bare.cost, ratioOf(own, floor)])
  }
  endpoint.close()
  return {
    title: 'growth with callbacks at once',
    columns: [
      { title: 'at once', unit: 'count' },
      { title: 'callbacks', unit: 'per-second' },
      { title: 'spread', unit: 'spread' },
      { title: 'processor', unit: 'us' },
      { title: 'bare undici.request', unit: 'per-second' },
      { title: 'its processor', unit: 'us' },
      { title: 'ratio', unit: 'ratio' },
    ],
    rows,
  }
}
