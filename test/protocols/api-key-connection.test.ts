import { afterEach, describe, expect, it, vi } from 'vitest'
import { freshdesk } from '../../providers/freshdesk.ts'
import { plaid } from '../../providers/plaid.ts'
import { createOAuthClient } from '../../src/create-client.ts'
import type { ProviderDefinition } from '../../src/provider/definition.ts'
import { memoryStore } from '../../src/stores/memory-store.ts'
import { documented, gatewayPage, json, ref, useStage } from '../providers/flow-stage.ts'
import { failure } from '../support/connected.ts'
import { recordsIn } from './carried-flow.ts'
import { apiKey, basic, beginWith, newKey, tickets } from './freshdesk-flow.ts'

const stage = useStage()
const begin = () => beginWith(stage)
const secret = 'a secret of this test, 32 bytes or longer'

describe('a connection', () => {
  it("calls the API with the provider's credential", async () => {
    const { client, afterwards } = begin()
    await afterwards()
    stage.answer(tickets, json([{ id: 1 }]))
    const headers = { authorization: 'Bearer of somebody else' }
    const response = await client.fetch(ref, '/tickets?page=2&include=stats,requester', { headers })
    expect(await response.json()).toEqual([{ id: 1 }])
    expect(stage.sent).toMatchObject([
      {
        endpoint: tickets,
        query: { page: '2', include: 'stats,requester' },
        headers: { authorization: basic(apiKey) },
      },
    ])
  })

  it('waits for a short Retry-After, and then asks again', async () => {
    const { client, afterwards } = begin()
    await afterwards()
    const limited = documented('freshdesk', 'rate-limited')
    stage.answer(
      tickets,
      { ...limited, headers: { ...limited.headers, 'retry-after': '0' } },
      json([]),
      limited,
    )
    expect((await client.fetch(ref, '/tickets')).status).toBe(200)
    // Half a minute is the caller's to plan.
    const late = await client.fetch(ref, '/tickets')
    expect([late.status, late.headers.get('retry-after')]).toEqual([429, '36'])
    expect(stage.sent).toHaveLength(3)
  })

  it('gives its key to no other host', async () => {
    const { client, afterwards } = begin()
    await afterwards()
    const others = ['https://evil.example/', '//evil.example/', 'https://other.freshdesk.com/api/v2/tickets']
    for (const url of [...others, 'http://acme.freshdesk.com/api/v2/tickets'])
      expect((await failure(client.fetch(ref, url))).code).toBe('host_not_allowed')
    expect(stage.sent).toEqual([])
  })

  it('needs another key once the agent has reset it, and says so once', async () => {
    const { client, afterwards, connect, reconnects } = begin()
    await afterwards()
    stage.answer(tickets, documented('freshdesk', 'error'))
    const response = await client.fetch(ref, '/tickets')
    expect([response.status, await response.json()]).toEqual([401, documented('freshdesk', 'error').body])
    expect(await client.getConnection(ref)).toMatchObject({ status: 'reconnect_required', version: 2 })
    expect((await failure(client.fetch(ref, '/tickets'))).code).toBe('reconnect_required')
    expect((await failure(client.getAccessToken(ref))).code).toBe('reconnect_required')
    expect(reconnects).toHaveLength(1)
    expect(stage.sent).toHaveLength(1)
    expect((await connect(newKey)).connection).toMatchObject({ status: 'active', version: 3 })
    stage.answer(tickets, json([]))
    expect((await client.fetch(ref, '/tickets')).status).toBe(200)
    expect(stage.sent.at(-1)?.headers.authorization).toBe(basic(newKey))
  })

  it('outlives what says nothing of the key: a page, a right that the agent lacks', async () => {
    const { client, afterwards, reconnects } = begin()
    await afterwards()
    stage.answer(tickets, gatewayPage, documented('freshdesk', 'forbidden'))
    expect((await client.fetch(ref, '/tickets')).status).toBe(503)
    expect((await client.fetch(ref, '/tickets')).status).toBe(403)
    expect(await client.getConnection(ref)).toMatchObject({ status: 'active', version: 1 })
    expect(reconnects).toEqual([])
  })

  it('has nothing to refresh with, says so, and never ends by itself', async () => {
    const { client, afterwards, setTime } = begin()
    const { connection } = await afterwards()
    expect((await failure(client.refresh(ref))).code).toBe('refresh_unsupported')
    expect((await failure(client.getAccessToken(ref, { rejected: apiKey }))).code).toBe('refresh_unsupported')
    setTime('2036-11-21T12:00:00Z')
    expect(await client.getAccessToken(ref)).toBe(apiKey)
    expect(await client.getConnection(ref)).toEqual(connection)
    expect(stage.sent).toEqual([])
  })

  it('is removed, and the provider has no way to end a key', async () => {
    const { client, afterwards, store } = begin()
    await afterwards()
    expect(await client.disconnect(ref)).toEqual({ revoked: false })
    expect(await recordsIn(store)).toEqual([])
    expect(await client.disconnect(ref)).toEqual({ revoked: false })
    expect(stage.sent).toEqual([])
  })
})

describe('the configuration', () => {
  afterEach(() => vi.unstubAllEnvs())

  it('needs a secret and nothing else, which may come from the environment', async () => {
    expect((await failure(() => createOAuthClient(freshdesk))).message).toBe(
      'Freshdesk OAuth failed: config_invalid - missing: LATCHKEY_SECRET (or options.secret)',
    )
    vi.stubEnv('LATCHKEY_SECRET', secret)
    const client = createOAuthClient(freshdesk, { store: memoryStore() })
    expect(client.redirectUri).toBe('')
  })

  /** As somebody without types calls it: every method there is, whatever the protocol. */
  const untyped = (definition: ProviderDefinition) => {
    const settings = { clientId: 'id', clientSecret: 's', redirectUri: 'https://app.example.com/cb' }
    return createOAuthClient(definition, { ...settings, secret, store: memoryStore() })
  }

  it('sends nobody anywhere', async () => {
    const client = untyped(freshdesk)
    const begun = await failure(client.authorize({ ...ref, params: { subdomain: 'acme' } }))
    expect(begun.message).toBe(
      'Freshdesk OAuth failed: config_invalid - this provider takes a key that the user copies: call connect({ credentials })',
    )
    expect((await failure(client.callback('?code=c&state=s', { state: 's' }))).code).toBe('config_invalid')
    expect(stage.sent).toEqual([])
  })

  it('takes no key where users are sent to the provider', async () => {
    const connect: unknown = Reflect.get(untyped(plaid), 'connect')
    if (typeof connect !== 'function') throw new Error('no connect')
    const error = await failure(connect({ ...ref, credentials: { apiKey } }))
    expect(error.message).toBe(
      'Plaid OAuth failed: config_invalid - users are sent to this provider: call authorize',
    )
  })
})
