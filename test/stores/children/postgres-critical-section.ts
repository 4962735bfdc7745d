import { closeSync, openSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { postgresStore } from '../../../src/stores/postgres/index.ts'
import { postgresUrl } from '../../support/servers.ts'
import { tell, waitForStart } from './messages.ts'

// Enters a section that only one process may be in; a file that must not exist yet tells when two are.
const [table = '', path = '', rounds = '0'] = process.argv.slice(2)
const store = postgresStore({ connectionString: postgresUrl, table })
const mark = join(path, 'occupied')
await store.load({ provider: 'slack', tenantId: 'warm-up', connectionId: 'default' })
await waitForStart()
for (let round = 0; round < Number(rounds); round++)
  await store.coordinator?.withLease('section', 30_000, async () => {
    closeSync(openSync(mark, 'wx'))
    await new Promise((resolve) => setImmediate(resolve))
    rmSync(mark)
  })
tell('done')
await store.close?.()
process.disconnect()
