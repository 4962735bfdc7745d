import { openStore, specOf } from '../../support/store-spec.ts'
import { tell, waitForStart } from './messages.ts'

// Claims the same keys as its siblings and tells which it won.
const [spec, count = '0'] = process.argv.slice(2)
const { store, close } = await openStore(specOf(spec))
const keys = Array.from({ length: Number(count) }, (_none, index) => `nonce-${index}`)
await store.load({ provider: 'slack', tenantId: 'warm-up', connectionId: 'default' })
await waitForStart()
const won = await Promise.all(keys.map((key) => store.coordinator?.claim(key, 60_000)))
tell(keys.filter((_key, index) => won[index]))
await close()
process.disconnect()
