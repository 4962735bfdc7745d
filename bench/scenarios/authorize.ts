import { memoryStore } from 'latchkey'
import { atOnce, oneByOne } from '../measure/loops.ts'
import { type Contender, measureInRounds, named, ratioOf, summarise } from '../measure/rounds.ts'
import { authorizationByHand } from '../peers/floors.ts'
import { loadPeer, peerModules } from '../peers/peer.ts'
import { report } from '../report/outcome.ts'
import { clientAt } from '../setting/client.ts'

// The beginning of a flow: a state, a PKCE pair and the URL. The library's state carries the whole flow, sealed; that of
// the others is random, and the application has yet to store it with the verifier.

const origin = 'https://provider.example.com'
const floor = 'by hand: node:crypto and URL'
const own = 'latchkey'

const client = clientAt(origin, { store: memoryStore() })
const begun = { tenantId: 't1', userId: 'u1', redirectPath: '/integrations' }
const contenders: Contender[] = [
  contender(own, async () => (await client.authorize(begun)).url),
  contender(floor, () => authorizationByHand(origin)),
]
for (const module of peerModules) {
  const peer = await loadPeer(module, origin)
  contenders.push(contender(peer.name, () => peer.begin()))
}

const measured = await measureInRounds(contenders)
const arctic = named(measured, 'arctic')
const ratio = ratioOf(named(measured, own), arctic)
report({
  scenario: 'authorize',
  tables: [
    {
      title: 'authorize: state, PKCE and URL',
      columns: [
        { title: 'who', unit: 'text' },
        { title: 'calls', unit: 'per-second' },
        { title: 'spread', unit: 'spread' },
        { title: 'processor', unit: 'us' },
        { title: '÷ arctic', unit: 'ratio' },
      ],
      rows: measured.map((each) => {
        const { name, rate, spread, cost } = summarise(each)
        return [name, rate, spread, cost, ratioOf(each, arctic)]
      }),
    },
  ],
  verdicts: [
    {
      what: 'authorize',
      target: 'at least 1.5 × arctic',
      measured: `${ratio.toFixed(2)} ×`,
      met: ratio >= 1.5,
    },
  ],
})

function contender(name: string, begin: () => string | Promise<string>): Contender {
  const run = begin() instanceof Promise ? oneByOne(async () => begin()) : atOnce(begin)
  return { name, run, check: async () => checkUrl(name, await begin()) }
}

/** What RFC 6749 §4.1.1 and RFC 7636 §4.3 ask for. */
function checkUrl(name: string, text: string): void {
  const { origin: at, searchParams } = new URL(text)
  const wanted: Record<string, RegExp> = {
    response_type: /^code$/,
    client_id: /^client-1$/,
    redirect_uri: /^https:\/\/app\.example\.com\//,
    scope: /^read offline$/,
    state: /^[\w.-]{32,}$/,
    code_challenge: /^[\w-]{43}$/,
    code_challenge_method: /^S256$/,
  }
  for (const [parameter, pattern] of Object.entries(wanted))
    if (at !== origin || !pattern.test(searchParams.get(parameter) ?? ''))
      throw new Error(`${name}: the URL has no right ${parameter}: ${text}`)
}
