import { fileStore } from '../../../src/stores/file-store.ts'
import { tell } from './messages.ts'

// Takes a lease and keeps it until it is killed.
const [path = '', key = '', ttlMs = '0'] = process.argv.slice(2)
const store = fileStore(path)
await store.coordinator?.withLease(key, Number(ttlMs), async () => {
  tell(Date.now())
  await new Promise((resolve) => setTimeout(resolve, 60_000))
})
