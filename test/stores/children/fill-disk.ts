import { fileStore } from '../../../src/stores/file-store.ts'
import { sampleRecord } from '../sample-record.ts'

// Saves until the file may not grow any more (the parent limits its size), and tells how that went.
const [path = ''] = process.argv.slice(2)
let unhandled = 0
process.on('unhandledRejection', () => {
  unhandled += 1
})
process.on('SIGXFSZ', () => undefined)

const store = fileStore(path)
const sealed = `k.${'x'.repeat(20_000)}`
const recordOf = (index: number) => sampleRecord({ tenantId: `t${index}`, sealed })
let saved = 0
let failure: unknown
while (failure === undefined) {
  try {
    await store.save(recordOf(saved), { expectedVersion: null })
    saved += 1
  } catch (error) {
    failure = error instanceof Error && 'code' in error ? error.code : error
  }
}
let readable = 0
for (let index = 0; index <= saved; index++) if (await store.load(recordOf(index))) readable += 1
await store.close?.()
process.stdout.write(JSON.stringify({ failure, saved, readable, unhandled }))
