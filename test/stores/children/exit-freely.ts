import { fileStore } from '../../../src/stores/file-store.ts'
import { sampleRecord } from '../sample-record.ts'

// Uses everything once and closes nothing: the process must end all the same.
const [path = ''] = process.argv.slice(2)
const store = fileStore(path)
await store.save(sampleRecord(), { expectedVersion: null })
await store.coordinator?.claim('nonce', 600_000)
await store.coordinator?.withLease('lease', 600_000, async () => undefined)
for await (const _record of store.list({})) break
process.disconnect()
