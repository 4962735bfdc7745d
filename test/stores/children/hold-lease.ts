import { openStore, specOf } from '../../support/store-spec.ts'
import { tell } from './messages.ts'

// Takes a lease and keeps it until it is killed.
const [spec, key = '', ttlMs = '0'] = process.argv.slice(2)
const { store } = await openStore(specOf(spec))
await store.coordinator?.withLease(key, Number(ttlMs), async () => {
  tell(Date.now())
  await new Promise((resolve) => setTimeout(resolve, 60_000))
})
