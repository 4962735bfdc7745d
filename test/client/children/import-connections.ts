import { createOAuthClient } from '../../../src/create-client.ts'
import { tell, waitForStart } from '../../stores/children/messages.ts'
import { acmeAt, credentials } from '../../support/acme.ts'
import { openStore, specOf } from '../../support/store-spec.ts'

// Imports the same connections as its siblings, with a token that names this process, and tells which it wrote.
const [spec, count = '0'] = process.argv.slice(2)
const { store, close } = await openStore(specOf(spec))
const client = createOAuthClient(acmeAt('https://acme.example'), { ...credentials, store })
// Four processes that load a driver at once can take longer than one operation has.
for (let attempt = 1; ; attempt++)
  try {
    await client.getConnection({ tenantId: 'warm-up' })
    break
  } catch (error) {
    if (attempt === 5) throw error
  }
await waitForStart()
const tenants = Array.from({ length: Number(count) }, (_none, index) => `t${index}`)
const results = await Promise.all(
  tenants.map((tenantId) =>
    client.importConnection({ tenantId, tokens: { accessToken: `at-${process.pid}` } }),
  ),
)
const wrote = tenants.filter((_tenant, index) => results[index]?.imported)
tell(wrote.map((tenantId) => `${tenantId} at-${process.pid}`))
await close()
process.disconnect()
