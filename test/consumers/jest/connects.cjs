// The same flow in both of Jest's kinds of module: a connection at the simulator, made and refreshed.
exports.connects = async ({ createOAuthClient, memoryStore, mockProvider, definition }) => {
  const registered = { clientId: 'id', clientSecret: 'secret', redirectUri: 'http://127.0.0.1/callback' }
  const mock = mockProvider(definition, registered)
  const listening = await mock.listen()
  const client = createOAuthClient(listening.definition, {
    ...registered,
    secret: 'x'.repeat(32),
    store: memoryStore(),
  })
  try {
    const { url } = await client.authorize({ tenantId: 't1' })
    const { connection } = await client.callback(await mock.approve(url))
    await client.refresh({ tenantId: 't1' })
    return connection.status
  } finally {
    await client.close()
    await listening.close()
  }
}
