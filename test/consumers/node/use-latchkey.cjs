// What both kinds of module do with what they imported.
const assert = require('node:assert/strict')

exports.useLatchkey = async (latchkey) => {
  const { createOAuthClient, defineProvider, findProvider, memoryStore, slack } = latchkey
  const client = createOAuthClient(slack, {
    clientId: 'id',
    clientSecret: 'secret',
    redirectUri: 'https://app.example.com/oauth/slack/callback',
    secret: 'x'.repeat(32),
    store: memoryStore(),
  })
  const { url } = await client.authorize({ tenantId: 't1' })
  assert.match(url, /^https:\/\/slack\.com\/oauth\/v2\/authorize\?/)
  assert.equal(defineProvider(JSON.parse(JSON.stringify(slack))).id, 'slack')
  assert.equal(findProvider('slack')?.id, 'slack')
  assert.equal(typeof latchkey.toNodeListener, 'function')

  // Neither driver is installed here: what a user is told who forgot it.
  for (const store of [
    latchkey.redisStore({ url: 'redis://127.0.0.1:1' }),
    latchkey.postgresStore({ connectionString: 'postgres://127.0.0.1:1/x' }),
  ]) {
    const key = { provider: 'slack', tenantId: 't1', connectionId: 'default' }
    await assert.rejects(
      async () => store.load(key),
      (error) => error.code === 'config_invalid' && /npm install (?:redis|pg)/.test(error.hint),
    )
  }

  const sync = latchkey.createHistoricalSync({ store: memoryStore(), run: () => undefined })
  const started = await sync.start({ provider: 'slack', tenantId: 't1', from: new Date(0), to: new Date(1) })
  assert.equal(started.status, 'pending')
}
