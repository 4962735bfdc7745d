import { type Fault, mockProvider } from '../../src/testing/index.ts'
import { definitionOf, type Manner } from '../../test/reliability/definitions.ts'
import { createRandom } from '../../test/reliability/random.ts'
import { credentials } from '../../test/support/acme.ts'

// The providers of a soak, in a process of their own: what they remember must not count as the library's memory.

export type ToProvider =
  | { readonly kind: 'clock'; readonly offset: number }
  | { readonly kind: 'approve'; readonly id: number; readonly manner: Manner; readonly url: string }
  | { readonly kind: 'faults'; readonly on: boolean }

export type FromProvider =
  | { readonly kind: 'listening'; readonly origins: Readonly<Record<SoakManner, string>> }
  | { readonly kind: 'approved'; readonly id: number; readonly url: string }

export type SoakManner = 'strict' | 'graceful'

const random = createRandom(1)
let offset = 0
const clock = () => Date.now() + offset
const mocks = { strict: makeMock('strict'), graceful: makeMock('graceful') }
const listening = { strict: await mocks.strict.listen(), graceful: await mocks.graceful.listen() }
let faults: ReturnType<typeof setInterval> | undefined

process.on('message', (message: ToProvider) => {
  if (message.kind === 'clock') offset = message.offset
  else if (message.kind === 'approve') void approve(message)
  else {
    clearInterval(faults)
    for (const mock of Object.values(mocks)) mock.clearFaults()
    if (message.on) faults = setInterval(addFault, 20)
  }
})
process.on('disconnect', () => process.exit())
tell({
  kind: 'listening',
  origins: { strict: listening.strict.origin, graceful: listening.graceful.origin },
})

function makeMock(manner: SoakManner) {
  const { clientId, clientSecret, redirectUri } = credentials
  return mockProvider(definitionOf(manner), { clientId, clientSecret, redirectUri, clock })
}

async function approve({ id, manner, url }: Extract<ToProvider, { kind: 'approve' }>): Promise<void> {
  const mock = manner === 'strict' ? mocks.strict : mocks.graceful
  tell({ kind: 'approved', id, url: await mock.approve(url, { account: { id: `a${id}` } }) })
}

/** With a grace an answer may be lost; without one only what has not been carried out. */
function addFault(): void {
  const on = random.pick(['refresh', 'refresh', 'api'])
  const kind = random.pick(['html', 'empty', 'reset', 'rate-limited', 'server-error', 'oversized'])
  const fault: Fault =
    kind === 'rate-limited' ? { on, kind, retryAfter: random.pick([0, 30]) } : ({ on, kind } satisfies Fault)
  if (random.chance(0.5)) mocks.strict.fault(fault)
  else mocks.graceful.fault({ ...fault, processed: random.chance(0.5) })
}

function tell(message: FromProvider): void {
  process.send?.(message)
}
