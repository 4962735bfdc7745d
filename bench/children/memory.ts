import { fileStore, memoryStore, type StoredConnection, type TokenStore } from 'latchkey'
import { open } from 'lmdb'
import { watchMemory } from '../measure/memory.ts'
import { fill, lifetime, offlineClient, tenant } from '../setting/fill.ts'

// One process, one walk over very many connections: `<what> <path of the filled LMDB> <how many>`. Prints how many it
// met and how far memory rose above the start, which is after the first read, when everything is loaded and open.

const [what = '', path = '', many = '0'] = process.argv.slice(2)
const count = Number(many)
/** ms: all tokens are about to end. */
const late = (lifetime - 300) * 1000

const walks: Record<string, () => Promise<number>> = {
  bare,
  list: () => list(fileStore(path)),
  'list-stream': async () => list(await streamingStore()),
  'sweep-none': () => sweep(fileStore(path), 0),
  'sweep-all': () => sweep(fileStore(path), late),
}

const walk = walks[what]
if (!walk) throw new Error(`no such walk: ${what}`)
let watch = watchMemory()
let met = 0
const seconds = await walk()
process.stdout.write(JSON.stringify({ met, seconds, ...watch.peaks() }))
process.exit()

/** One more; a look now and then. */
function meet(): void {
  met += 1
  if (met % 200 === 0) watch.look()
}

async function timed(work: () => Promise<void>): Promise<number> {
  watch = watchMemory()
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}

/** The floor: LMDB's own range, each record parsed. */
async function bare(): Promise<number> {
  const root = open<unknown, string>({ path, noSubdir: false, maxDbs: 8, readOnly: true })
  const connections = root.openDB<string, string>('connections', { encoding: 'string' })
  connections.get('first')
  return timed(async () => {
    for (const { value } of connections.getRange()) if (JSON.parse(value).provider === 'acme') meet()
  })
}

async function list(store: TokenStore): Promise<number> {
  const client = offlineClient(store)
  await client.getTokens({ tenantId: tenant(0) })
  return timed(async () => {
    for await (const { provider } of client.list()) if (provider === 'acme') meet()
  })
}

async function sweep(inner: TokenStore, passed: number): Promise<number> {
  const now = Date.now() + passed
  const store: TokenStore = {
    load: (key) => inner.load(key),
    save: (record, options) => inner.save(record, options),
    remove: (key, options) => inner.remove(key, options),
    async *list(filter) {
      for await (const record of inner.list(filter)) {
        meet()
        yield record
      }
    },
    ...(inner.coordinator && { coordinator: inner.coordinator }),
  }
  const client = offlineClient(store, { clock: () => now })
  await client.getTokens({ tenantId: tenant(0) })
  // Each is looked at and none is due: in the first half of its life a token is not renewed, however long `within` is.
  const within = passed === 0 ? 2 * lifetime * 1000 : 600_000
  return timed(async () => {
    const { refreshed, failed } = await client.refreshExpiring({ within })
    if (failed > 0 || refreshed !== (passed === 0 ? 0 : count))
      throw new Error(`refreshed ${refreshed}, failed ${failed}`)
  })
}

/** A store that keeps one connection and lists it again and again under other tenants: no contents of its own. */
async function streamingStore(): Promise<TokenStore> {
  const inner = memoryStore()
  await fill(inner, 0, 1)
  const key = { provider: 'acme', tenantId: tenant(0), connectionId: 'default' }
  const first = await inner.load(key)
  if (!first) throw new Error('nothing was stored')
  return {
    ...inner,
    async *list() {
      for (let index = 0; index < count; index++) {
        const record: StoredConnection = { ...first, tenantId: tenant(index), scopes: [...first.scopes] }
        yield record
      }
    },
  }
}
