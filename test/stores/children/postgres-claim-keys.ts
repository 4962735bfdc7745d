import { postgresStore } from '../../../src/stores/postgres/index.ts'
import { postgresUrl } from '../../support/servers.ts'
import { tell, waitForStart } from './messages.ts'

// Claims the same keys as its siblings and tells which it won.
const [table = '', count = '0'] = process.argv.slice(2)
const store = postgresStore({ connectionString: postgresUrl, table })
const keys = Array.from({ length: Number(count) }, (_none, index) => `nonce-${index}`)
await store.load({ provider: 'slack', tenantId: 'warm-up', connectionId: 'default' })
await waitForStart()
const won = await Promise.all(keys.map((key) => store.coordinator?.claim(key, 60_000)))
tell(keys.filter((_key, index) => won[index]))
await store.close?.()
process.disconnect()
