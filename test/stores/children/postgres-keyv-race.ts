import KeyvPostgres from '@keyv/postgres'
import Keyv from 'keyv'
import { keyvStore } from '../../../src/stores/keyv-store.ts'
import { postgresUrl } from '../../support/servers.ts'
import { sampleKey } from '../sample-record.ts'
import { tell, waitForStart } from './messages.ts'

// Claims the same keys as its siblings, and raises the same version; tells what it won and how often it did.
const [table = '', rounds = '0'] = process.argv.slice(2)
const adapter = new KeyvPostgres({ uri: postgresUrl, table })
const store = keyvStore(new Keyv({ store: adapter, namespace: 'app' }))
await store.load(sampleKey)
await waitForStart()
const won: number[] = []
let raised = 0
for (let round = 0; round < Number(rounds); round++) {
  if (await store.coordinator?.claim(`nonce-${round}`, 60_000)) won.push(round)
  const record = await store.load(sampleKey)
  if (!record) throw new Error('the record is gone')
  const next = { ...record, version: record.version + 1, updatedAt: new Date() }
  if (await store.save(next, { expectedVersion: record.version })) raised += 1
}
tell({ won, raised })
await adapter.disconnect()
process.disconnect()
