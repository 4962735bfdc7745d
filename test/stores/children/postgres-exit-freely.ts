import { createRequire } from 'node:module'
import { postgresStore } from '../../../src/stores/postgres/index.ts'
import { postgresUrl } from '../../support/servers.ts'
import { sampleRecord } from '../sample-record.ts'
import { tell } from './messages.ts'

// Uses everything once, closes the store or does not, and must end by itself. Tells when the driver was loaded.
const [table = '', close = ''] = process.argv.slice(2)
const { cache } = createRequire(import.meta.url)
const isDriverLoaded = () => Object.keys(cache).some((file) => file.includes('/node_modules/pg/'))
const store = postgresStore({ connectionString: postgresUrl, table })
const before = isDriverLoaded()
await store.save(sampleRecord(), { expectedVersion: null })
await store.coordinator?.claim('nonce', 600_000)
await store.coordinator?.withLease('lease', 600_000, async () => undefined)
for await (const _record of store.list({})) break
if (close) await store.close?.()
tell({ before, after: isDriverLoaded() })
process.disconnect()
