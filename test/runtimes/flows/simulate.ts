import assert from 'node:assert/strict'
import { createOAuthClient, memoryStore } from 'latchkey'
import { slack } from 'latchkey/providers/slack'
import { mockProvider } from 'latchkey/testing'
import { appOrigin } from '../setup.ts'
import type { World } from './world.ts'

/** `latchkey/testing` itself on this runtime: the simulator listens here. */
export async function simulate({ setup }: World): Promise<string> {
  const app = {
    clientId: 'id',
    clientSecret: 'client-secret',
    redirectUri: `${appOrigin}/oauth/slack/callback`,
  }
  const mock = mockProvider(slack, app)
  const { definition, close } = await mock.listen()
  const client = createOAuthClient(definition, { ...app, secret: setup.secret, store: memoryStore() })
  try {
    const { url } = await client.authorize({ tenantId: 't1' })
    const { connection } = await client.callback(await mock.approve(url))
    assert.equal(connection.status, 'active')
    assert.equal((await client.fetch({ tenantId: 't1' }, '/conversations.list')).status, 200)
    return `${mock.requests.length} requests to it`
  } finally {
    await client.close()
    await close()
  }
}
