import {
  type Contender,
  fastest,
  type Measured,
  measureInRounds,
  named,
  ratioOf,
  summarise,
} from '../measure/rounds.ts'
import { type Exchange, exchangeByFetch, exchangeByUndici } from '../peers/floors.ts'
import { loadPeer, type Peer, peerModules } from '../peers/peer.ts'
import { report, type Table, type Verdict } from '../report/outcome.ts'
import { callbackContender, exchangeContender } from '../setting/exchanges.ts'
import { startTokenEndpoint } from '../setting/token-endpoint.ts'

// The library does a whole callback: opens the state, claims it, exchanges the code, seals the tokens, keeps the
// connection in memory. The others do the exchange alone; openid-client and oauth4webapi check the callback as well.

const own = 'latchkey: the whole callback'
const floors = ['fetch', 'undici.request, global dispatcher', 'undici.request, own Agent'] as const

const endpoint = await startTokenEndpoint()
const { origin } = endpoint
const peers: Peer[] = []
for (const module of peerModules) peers.push(await loadPeer(module, origin))
const bare: [string, Exchange][] = [
  [floors[0], exchangeByFetch(origin)],
  [floors[1], await exchangeByUndici(origin, false)],
  [floors[2], await exchangeByUndici(origin, true)],
]

const alone = await compare(1)
const together = await compare(32)
endpoint.close()
report({
  scenario: 'callback',
  tables: [tableOf('one at a time', alone), tableOf('32 at once', together)],
  verdicts: [
    againstPeers('one at a time', alone),
    againstPeers('32 at once', together),
    againstFloor(together),
  ],
})

async function compare(lanes: number): Promise<readonly Measured[]> {
  const contenders: Contender[] = [callbackContender(own, origin, lanes)]
  for (const { name, exchange } of peers) contenders.push(exchangeContender(name, exchange, lanes))
  for (const [name, exchange] of bare) contenders.push(exchangeContender(name, exchange, lanes))
  return measureInRounds(contenders)
}

function undiciOf(measured: readonly Measured[]): Measured {
  return fastest([named(measured, floors[1]), named(measured, floors[2])])
}

function againstPeers(when: string, measured: readonly Measured[]): Verdict {
  const best = fastest(peers.map(({ name }) => named(measured, name)))
  const ratio = ratioOf(named(measured, own), best)
  return {
    what: `callback, ${when}`,
    target: 'ahead of every peer’s bare exchange',
    measured: `${ratio.toFixed(2)} × ${best.name}`,
    met: ratio > 1,
  }
}

function againstFloor(measured: readonly Measured[]): Verdict {
  const floor = undiciOf(measured)
  const ratio = ratioOf(named(measured, own), floor)
  return {
    what: 'callback, 32 at once',
    target: 'at least 0.6 of bare undici.request',
    measured: `${ratio.toFixed(2)} of ${floor.name}`,
    met: ratio >= 0.6,
  }
}

function tableOf(when: string, measured: readonly Measured[]): Table {
  const floor = undiciOf(measured)
  const bestPeer = fastest(peers.map(({ name }) => named(measured, name)))
  return {
    title: `callback, ${when}`,
    columns: [
      { title: 'who', unit: 'text' },
      { title: 'exchanges', unit: 'per-second' },
      { title: 'spread', unit: 'spread' },
      { title: 'processor', unit: 'us' },
      { title: `÷ ${bestPeer.name}`, unit: 'ratio' },
      { title: '÷ undici.request', unit: 'ratio' },
    ],
    rows: measured.map((each) => {
      const { name, rate, spread, cost } = summarise(each)
      return [name, rate, spread, cost, ratioOf(each, bestPeer), ratioOf(each, floor)]
    }),
  }
}
