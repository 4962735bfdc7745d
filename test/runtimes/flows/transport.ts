import assert from 'node:assert/strict'
import { memoryStore } from 'latchkey'
import { createBrowser } from '../../../examples/demo/browser.ts'
import { clientOf, type World } from './world.ts'

const id = 'github'

/**
 * Which transport was chosen, told by what arrives: a fetch offers compression, and a worker's names its worker.
 * A dispatcher by itself does neither, and latchkey sets no such header. Only Node has one.
 */
export async function transport(world: World): Promise<string> {
  const { control, setup } = world
  const client = clientOf(world, id, { store: memoryStore() })
  const before = (await control.requests(id)).length
  const { url } = await client.authorize({ tenantId: 't1' })
  await client.callback(await createBrowser().decide(url, 'approve'))
  const [exchange] = (await control.requests(id))
    .slice(before)
    .filter(({ endpoint }) => endpoint === 'exchange')
  await client.close()
  assert.ok(exchange)
  const { 'accept-encoding': encoding, 'cf-worker': worker } = exchange.headers
  const chosen = encoding === undefined && worker === undefined ? 'dispatcher' : 'fetch'
  assert.equal(chosen, setup.runtime === 'node' ? 'dispatcher' : 'fetch', JSON.stringify(exchange.headers))
  return chosen
}
