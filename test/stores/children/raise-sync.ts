import { openStore, specOf } from '../../support/store-spec.ts'
import { tell, waitForStart } from './messages.ts'

// Raises the counter in one document so many times, as a worker does with its checkpoint, and tells how often it lost.
const [spec, times = '0'] = process.argv.slice(2)
const { store, close } = await openStore(specOf(spec))
const { syncs } = store
if (!syncs) throw new Error('this store has no syncs')
// Where four processes load their drivers at once on a busy machine, the first operation may come too late.
const patience = performance.now() + 30_000
while (!(await syncs.load('counter').catch(() => undefined)))
  if (performance.now() > patience) throw new Error('the store gave no answer')
await waitForStart()
let lost = 0
for (let raised = 0; raised < Number(times); ) {
  const document = await syncs.load('counter')
  if (!document) throw new Error('the document is gone')
  const count = Number(document.data) + 1
  // Another time each time, so that its place in the index moves too.
  const next = { ...document, version: document.version + 1, data: String(count), dueAt: count }
  if (await syncs.save(next, { expectedVersion: document.version })) raised += 1
  else lost += 1
}
tell(lost)
await close()
process.disconnect()
