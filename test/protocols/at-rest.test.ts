import { describe, expect, it } from 'vitest'
import { freshdesk } from '../../providers/freshdesk.ts'
import { plaid } from '../../providers/plaid.ts'
import { trelloOauth1 } from '../../providers/trello-oauth1.ts'
import { createOAuthClient } from '../../src/create-client.ts'
import { memoryStore } from '../../src/stores/memory-store.ts'
import { mockProvider } from '../../src/testing/index.ts'
import { secret } from '../support/acme.ts'

const client = { clientId: 'client-1', clientSecret: 'client-secret-value' }

/** Everything an application could write to a log or find in its table, as one text. */
function overhear() {
  const events: unknown[] = []
  const store = memoryStore()
  const note = (event: unknown) => void events.push(event)
  const hooks = {
    beforeConnect: note,
    onConnected: note,
    onDisconnected: note,
    onError: note,
    onWarning: note,
  }
  return {
    store,
    hooks,
    async all() {
      for await (const record of store.list({})) events.push(record)
      return JSON.stringify(events)
    },
  }
}

function expectNone(text: string, secrets: readonly (string | undefined)[]): void {
  expect(text).toContain('"sealed"')
  for (const each of secrets) {
    expect(each?.length ?? 0).toBeGreaterThan(11)
    for (let at = 0; at + 12 <= (each ?? '').length; at++)
      expect(text.includes((each ?? '').slice(at, at + 12)), 'a secret in clear').toBe(false)
  }
}

describe('what is stored and told', () => {
  it('holds no key', async () => {
    const mock = mockProvider(freshdesk, { params: { subdomain: 'acme' } })
    const provider = await mock.listen()
    const { store, hooks, all } = overhear()
    const oauth = createOAuthClient(provider.definition, { secret, store, hooks, sync: false })
    const apiKey = mock.issueKey()
    await oauth.connect({ tenantId: 't1', credentials: { apiKey }, params: { subdomain: 'acme' } })
    expect((await oauth.getTokens({ tenantId: 't1' })).accessToken).toBe(apiKey)
    expectNone(await all(), [apiKey, `${Buffer.from(`${apiKey}:X`).toString('base64')}`])
    await provider.close()
  })

  it.each([
    ['no token and no token secret', trelloOauth1],
    ['no access token', plaid],
  ] as const)('holds %s', async (_what, definition) => {
    const redirectUri = `https://app.example.com/oauth/${definition.id}/callback`
    const mock = mockProvider(definition, { ...client, redirectUri })
    const provider = await mock.listen()
    const { store, hooks, all } = overhear()
    const options = { ...client, redirectUri, secret, store, hooks, sync: false } as const
    const oauth = createOAuthClient(provider.definition, options)
    const { url, state } = await oauth.authorize({ tenantId: 't1' })
    expect(JSON.stringify(await all())).toBe('"[]"')
    await oauth.callback(await mock.approve(url), { state })
    const { accessToken, tokenSecret } = await oauth.getTokens({ tenantId: 't1' })
    const own = definition.protocol === 'oauth1' ? [tokenSecret] : []
    expectNone(await all(), [accessToken, ...own, client.clientSecret, state])
    await provider.close()
  })
})
