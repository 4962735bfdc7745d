import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ConnectionMessage, RefreshMessage, RequestMessage } from '../../src/diagnostics.ts'
import { type Acme, failure, json, startAcme } from '../support/connected.ts'

let acme: Acme
let told: { channel: string | symbol; message: unknown }[]
const listen = (message: unknown, channel: string | symbol) => told.push({ channel, message })
const channels = ['latchkey:request', 'latchkey:refresh', 'latchkey:connection']
beforeEach(async () => {
  acme = await startAcme()
  told = []
  for (const channel of channels) subscribe(channel, listen)
})
afterEach(async () => {
  for (const channel of channels) unsubscribe(channel, listen)
  await acme.close()
})

const on = (channel: string) => told.filter((each) => each.channel === channel).map(({ message }) => message)
const ofConnection = { provider: 'acme', tenantId: 't1', connectionId: 'default' }
const timed = { startedAt: expect.any(Number), duration: expect.any(Number) }

describe('diagnostics channels', () => {
  it('tell of a connect: each request, then the connection', async () => {
    const before = Date.now()
    await acme.connected()
    expect(on('latchkey:request')).toEqual<RequestMessage[]>([
      { provider: 'acme', operation: 'token', outcome: 'success', status: 200, ...timed },
      { provider: 'acme', operation: 'identity', outcome: 'success', status: 200, ...timed },
    ])
    expect(on('latchkey:connection')).toEqual<ConnectionMessage[]>([
      { ...ofConnection, operation: 'connect', outcome: 'success', ...timed },
    ])
    for (const { message } of told) {
      const { startedAt, duration } = message as RequestMessage
      expect(startedAt).toBeGreaterThanOrEqual(before)
      expect(duration).toBeGreaterThan(0)
      expect(duration).toBeLessThan(60_000)
    }
  })

  it('tell of a reconnect and of a connect that fails, with the code', async () => {
    const { client } = await acme.connected()
    acme.pass(1)
    const again = await client.authorize(acme.ref)
    await client.callback(`?code=c&state=${again.state}`)
    acme.endpoints['/token'] = () => json({ error: 'invalid_grant', error_description: 'sesame' }, 400)
    const third = await client.authorize(acme.ref)
    await failure(client.callback(`?code=c&state=${third.state}`))
    expect(on('latchkey:connection')).toEqual([
      { ...ofConnection, operation: 'connect', outcome: 'success', ...timed },
      { ...ofConnection, operation: 'reconnect', outcome: 'success', ...timed },
      {
        ...ofConnection,
        operation: 'connect',
        outcome: 'failure',
        code: 'provider_error',
        status: 400,
        ...timed,
      },
    ])
    expect(on('latchkey:request').at(-1)).toEqual({
      provider: 'acme',
      operation: 'token',
      outcome: 'failure',
      status: 400,
      ...timed,
    })
  })

  it('tell of one refresh for any number of callers', async () => {
    const { client } = await acme.connected()
    acme.endpoints['/token'] = acme.rotating
    acme.pass(3_600_000)
    await Promise.all(Array.from({ length: 50 }, () => client.getAccessToken(acme.ref)))
    expect(on('latchkey:refresh')).toEqual<RefreshMessage[]>([
      { ...ofConnection, operation: 'refresh', outcome: 'refreshed', ...timed },
    ])
  })

  it('tell of a refresh that is for nothing, and of one that fails', async () => {
    const { client } = await acme.connected()
    acme.endpoints['/token'] = () => json({}, 503)
    acme.pass(3_400_000)
    await client.getAccessToken(acme.ref)
    acme.pass(300_000)
    await failure(client.getAccessToken(acme.ref))
    expect(on('latchkey:refresh')).toEqual([
      { ...ofConnection, operation: 'refresh', outcome: 'unchanged', ...timed },
      {
        ...ofConnection,
        operation: 'refresh',
        outcome: 'failure',
        code: 'provider_error',
        status: 503,
        ...timed,
      },
    ])
  })

  it('tell of the end of a grant and of a disconnect', async () => {
    const { client } = await acme.connected()
    acme.endpoints['/token'] = () => json({ error: 'invalid_grant' }, 400)
    acme.pass(3_600_000)
    await failure(client.getAccessToken(acme.ref))
    await client.disconnect(acme.ref)
    expect(on('latchkey:refresh')).toEqual([
      {
        ...ofConnection,
        operation: 'refresh',
        outcome: 'reconnect_required',
        code: 'reconnect_required',
        status: 400,
        ...timed,
      },
    ])
    expect(on('latchkey:connection').slice(1)).toEqual([
      {
        ...ofConnection,
        operation: 'reconnect_required',
        outcome: 'success',
        startedAt: expect.any(Number),
        duration: 0,
      },
      { ...ofConnection, operation: 'disconnect', outcome: 'success', revoked: true, ...timed },
    ])
  })

  it('tell of an API call, and of a request that was never answered', async () => {
    const { client } = await acme.connected()
    told = []
    acme.endpoints['/api/things'] = () => json({ things: [] })
    await client.fetch(acme.ref, `${acme.server.origin}/api/things?token=at-1`)
    acme.endpoints['/api/things'] = () => 'reset'
    await failure(client.fetch(acme.ref, `${acme.server.origin}/api/things`))
    expect(on('latchkey:request')).toEqual([
      { provider: 'acme', operation: 'api', outcome: 'success', status: 200, ...timed },
      { provider: 'acme', operation: 'api', outcome: 'failure', code: 'network', ...timed },
    ])
  })

  it('hold no token, code or word of the provider', async () => {
    const { client } = await acme.connected()
    acme.endpoints['/token'] = () => json({ error: 'at-1', error_description: 'rt-1 code-1' }, 400)
    await failure(client.refresh(acme.ref))
    await client.disconnect(acme.ref)
    expect(told.length).toBeGreaterThan(5)
    expect(JSON.stringify(told)).not.toMatch(/[ar]t-1|code-1/)
  })

  it('cost nothing while nobody listens: no message is made', async () => {
    for (const channel of channels) unsubscribe(channel, listen)
    await acme.connected()
    expect(told).toEqual([])
  })
})
