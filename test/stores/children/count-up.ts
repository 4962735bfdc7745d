import { openStore, specOf } from '../../support/store-spec.ts'
import { sampleKey } from '../sample-record.ts'
import { tell, waitForStart } from './messages.ts'

// Raises the version as often as it can in so many attempts, and tells how often it did.
const [spec, attempts = '0'] = process.argv.slice(2)
const { store, close } = await openStore(specOf(spec))
await store.load(sampleKey)
await waitForStart()
let successes = 0
for (let attempt = 0; attempt < Number(attempts); attempt++) {
  const record = await store.load(sampleKey)
  if (!record) throw new Error('the record is gone')
  const next = { ...record, version: record.version + 1, updatedAt: new Date() }
  if (await store.save(next, { expectedVersion: record.version })) successes += 1
}
tell(successes)
await close()
process.disconnect()
