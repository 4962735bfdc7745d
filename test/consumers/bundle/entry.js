// One provider of many, and a whole connection at the provider that BUNDLE_DEFINITION describes.
import { createOAuthClient, createOAuthHandler, memoryStore } from 'latchkey'
import { slack } from 'latchkey/providers/slack'

async function main() {
  const options = {
    clientId: 'id',
    clientSecret: 'secret',
    redirectUri: 'http://127.0.0.1/callback',
    secret: 'x'.repeat(32),
    store: memoryStore(),
  }
  const client = createOAuthClient(slack, options)
  const { url } = await client.authorize({ tenantId: 't1' })
  if (!url.startsWith('https://slack.com/oauth/v2/authorize?')) throw new Error(url)
  createOAuthHandler({ clients: [client], session: () => undefined })

  const simulated = createOAuthClient(JSON.parse(process.env.BUNDLE_DEFINITION), options)
  const started = await simulated.authorize({ tenantId: 't1' })
  const approved = await fetch(started.url, {
    method: 'POST',
    body: new URLSearchParams({ decision: 'approve' }),
    redirect: 'manual',
  })
  const { connection } = await simulated.callback(approved.headers.get('location'))
  await simulated.close()
  console.log(connection.status)
}

main().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
