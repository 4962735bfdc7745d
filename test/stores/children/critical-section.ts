import { closeSync, openSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { openStore, specOf } from '../../support/store-spec.ts'
import { tell, waitForStart } from './messages.ts'

// Enters a section that only one process may be in; a file that must not exist yet tells when two are.
const [spec, path = '', rounds = '0'] = process.argv.slice(2)
const { store, close } = await openStore(specOf(spec))
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
await close()
process.disconnect()
