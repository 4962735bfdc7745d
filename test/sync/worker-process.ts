import { appendFileSync } from 'node:fs'
import { createHistoricalSync } from '../../src/sync/engine.ts'
import type { SyncClient } from '../../src/sync/types.ts'
import { connectionOf, shop } from '../handler/fake-client.ts'
import type { StoreSpec } from '../support/store-spec.ts'
import { openStore } from '../support/store-spec.ts'
import { openQueue, type QueueKind } from './open-queue.ts'

// One process of the application that works on historical syncs. It writes each page down before it reports it, and again
// once the report is stored, into a file that survives its death.

const [spec = '', queueKind = '', name = '', log = '', pages = '2'] = process.argv.slice(2)
const opened = await openStore(spec as StoreSpec)
const queue = await openQueue(queueKind as QueueKind, name)
const write = (...words: (string | number)[]) => appendFileSync(log, `${words.join(' ')}\n`)

const client: SyncClient = {
  provider: shop,
  getConnection: async ({ tenantId, connectionId = 'default' }) => connectionOf({ tenantId, connectionId }),
  fetch: async () => new Response('{}'),
}
const sync = createHistoricalSync({
  store: opened.store,
  queue: queue.queue,
  lease: 2_000,
  retry: { firstDelay: 50, longestDelay: 200 },
  hooks: { onError: ({ error }) => write('error', error.code, String(error.cause ?? error.message)) },
  async run({ from }, { connection, cursor = '1', report }) {
    for (let page = Number(cursor); page <= Number(pages); page++) {
      const which = [connection.tenantId, from.getTime(), page] as const
      write('begun', ...which)
      await report({ cursor: String(page + 1), records: 10 })
      write('kept', ...which)
    }
  },
})
const worker = await sync.work([client], {
  concurrency: 8,
  recoverEvery: queueKind === 'store' ? 100 : 1_000,
})
process.once('message', async () => {
  await worker.close()
  await sync.close()
  await queue.close()
  await opened.close()
  process.disconnect()
})
process.send?.('ready')
