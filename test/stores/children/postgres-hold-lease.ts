import { postgresStore } from '../../../src/stores/postgres/index.ts'
import { postgresUrl } from '../../support/servers.ts'
import { tell } from './messages.ts'

// Takes a lease and keeps it until it is killed.
const [table = '', key = '', ttlMs = '0'] = process.argv.slice(2)
const store = postgresStore({ connectionString: postgresUrl, table })
await store.coordinator?.withLease(key, Number(ttlMs), async () => {
  tell(Date.now())
  await new Promise((resolve) => setTimeout(resolve, 60_000))
})
