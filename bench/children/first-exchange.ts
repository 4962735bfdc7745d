import { exchangeByFetch, exchangeByUndici } from '../peers/floors.ts'
import { loadPeer } from '../peers/peer.ts'

// One process, one exchange: `<who> <origin> <code> [<query>]`. Prints when what was done, in ms from the start of the
// process, and the token, so that whoever started it can tell that it is the right one.

const [who = '', origin = '', code = '', query = ''] = process.argv.slice(2)
const begun = performance.now()

async function prepare(): Promise<() => Promise<string>> {
  if (who === 'fetch') {
    const exchange = exchangeByFetch(origin)
    return () => exchange(code)
  }
  if (who === 'undici') {
    const exchange = await exchangeByUndici(origin, false)
    return () => exchange(code)
  }
  if (who === 'latchkey' || who === 'latchkey-fetch') {
    const { memoryStore } = await import('latchkey')
    const { clientAt } = await import('../setting/client.ts')
    const fetch = who === 'latchkey-fetch' ? { fetch: globalThis.fetch } : {}
    const client = clientAt(origin, { store: memoryStore(), ...fetch })
    return async () => {
      await client.callback(query)
      return client.getAccessToken({ tenantId: 't1' })
    }
  }
  const peer = await loadPeer(who, origin)
  return () => peer.exchange(code)
}

const exchange = await prepare()
const loaded = performance.now()
const token = await exchange()
const done = performance.now()
process.stdout.write(JSON.stringify({ begun, loaded, done, token }))
// Connections are kept alive; how long is not what is measured.
process.exit()
