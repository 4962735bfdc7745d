import { postgresStore } from '../../../src/stores/postgres/index.ts'
import { postgresUrl } from '../../support/servers.ts'
import { tell, waitForStart } from './messages.ts'

// Makes the schema together with its siblings.
const [table = ''] = process.argv.slice(2)
const store = postgresStore({ connectionString: postgresUrl, table })
await waitForStart()
await store.ensureSchema()
tell('made')
await store.close?.()
process.disconnect()
