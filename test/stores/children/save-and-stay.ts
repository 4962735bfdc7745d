import { fileStore } from '../../../src/stores/file-store.ts'
import { sampleRecord } from '../sample-record.ts'
import { tell } from './messages.ts'

// Saves and says so; the parent kills it at that moment.
const [path = '', count = '1'] = process.argv.slice(2)
const store = fileStore(path)
for (let index = 0; index < Number(count); index++) {
  const saved = await store.save(sampleRecord({ tenantId: `t${index}` }), { expectedVersion: null })
  tell({ index, saved })
}
setInterval(() => undefined, 1_000)
