import { describe, expect, it } from 'vitest'
import { OAuthError } from '../../src/errors/oauth-error.ts'
import { createOAuthHandler } from '../../src/handler/oauth-handler.ts'
import { engines, ref, request } from '../sync/engine-under-test.ts'
import { connectionOf, fakeClient, origin, shop } from './fake-client.ts'
import { setUp } from './handler-under-test.ts'

const { engine } = engines()

const own = { 'sec-fetch-site': 'same-origin', cookie: 'sid=1' }
const events = { accept: 'text/event-stream' }

/** A handler over one connected client and an engine. */
function connected(made = engine()) {
  const client = fakeClient()
  client.connections.push(connectionOf(), connectionOf({ tenantId: 't2' }))
  return { ...made, ...setUp({ sync: made.sync }, client) }
}

/** Reads server-sent events as a browser does. */
async function* readEvents(response: Response) {
  const decoder = new TextDecoder()
  let text = ''
  if (!response.body) throw new Error('no body')
  for await (const chunk of response.body) {
    text += decoder.decode(chunk, { stream: true })
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const lines = text.slice(0, end).split('\n')
      text = text.slice(end + 2)
      const event = lines.find((line) => line.startsWith('event: '))?.slice(7)
      const data = lines.find((line) => line.startsWith('data: '))?.slice(6)
      if (event && data) yield { event, data: JSON.parse(data) }
    }
  }
}

describe('the list', () => {
  it('tells how the sync of each connection stands, without the tenant', async () => {
    const { sync, call } = connected()
    await sync.start(request(14))
    await sync.start({ ...request(14), tenantId: 't2' })
    const [listed] = JSON.parse(await (await call('/oauth')).text())
    expect(listed.connections).toHaveLength(1)
    expect(listed.connections[0].sync).toMatchObject({
      provider: 'shop',
      connectionId: 'default',
      status: 'pending',
      from: '2026-11-07T12:00:00.000Z',
      progress: { windowsDone: 0, windows: 2, records: 0, fraction: 0 },
    })
    expect(listed.connections[0].sync).not.toHaveProperty('tenantId')
  })

  it('has none where none has begun', async () => {
    const [listed] = JSON.parse(await (await connected().call('/oauth')).text())
    expect(listed.connections[0]).not.toHaveProperty('sync')
  })
})

describe('following a sync', () => {
  it('tells the latest run of a connection, and the earlier ones', async () => {
    const { sync, call, client, ...it } = connected()
    expect(await (await call('/oauth/shop/sync')).json()).toEqual({ sync: null, history: [] })
    await sync.start(request(7))
    await sync.cancel(ref)
    await sync.start(request(7))
    const told = await (await call('/oauth/shop/sync')).json()
    expect(told).toMatchObject({ sync: { status: 'pending' }, history: [{ status: 'cancelled' }] })
    expect(await (await call('/oauth/shop/sync?connectionId=other')).json()).toEqual({
      sync: null,
      history: [],
    })
    expect(it.errors).toEqual([])
  })

  it('tells the latest run of every connection of the tenant', async () => {
    const { sync, call } = connected()
    await sync.start(request(7))
    await sync.start({ ...request(7), connectionId: 'second' })
    await sync.start({ ...request(7), tenantId: 't2' })
    const told: { connectionId: string }[] = JSON.parse(await (await call('/oauth/sync')).text())
    expect(told.map(({ connectionId }) => connectionId).sort()).toEqual(['default', 'second'])
    expect(await (await call('/oauth/sync', { method: 'HEAD' })).text()).toBe('')
  })

  it('is a stream for those who want one: as it stands, then each change, of this tenant alone', async () => {
    const made = engine(async (_window, { report }) => report({ records: 5 }))
    const { sync, call } = connected(made)
    await sync.start(request(14))
    await sync.start({ ...request(14), tenantId: 't2' })
    const response = await call('/oauth/sync', { headers: events })
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(response.headers.get('cache-control')).toBe('no-store, no-transform')
    const seen: { status: string; records: number }[] = []
    for await (const { event, data } of readEvents(response)) {
      expect(event).toBe('sync')
      expect(data).not.toHaveProperty('tenantId')
      if (seen.push({ status: data.status, records: data.progress.records }) === 1)
        await sync.work([made.client])
      if (data.status === 'completed') break
    }
    expect(seen[0]).toEqual({ status: 'pending', records: 0 })
    expect(seen.at(-1)).toEqual({ status: 'completed', records: 10 })
  })

  it('streams one connection by its own address', async () => {
    const { sync, call } = connected()
    await sync.start(request(7))
    await sync.start({ ...request(7), connectionId: 'second' })
    const response = await call('/oauth/shop/sync?connectionId=second', { headers: events })
    for await (const { data } of readEvents(response)) {
      expect(data.connectionId).toBe('second')
      break
    }
  })

  it('ends the stream when the browser leaves', async () => {
    const { sync, handler } = connected()
    const leaving = new AbortController()
    let watching: AbortSignal | undefined
    const watch = sync.watch
    sync.watch = (filter) => {
      watching = filter.signal
      return watch(filter)
    }
    await sync.start(request(7))
    const response = await handler(
      new Request(`${origin}/oauth/sync`, { headers: events, signal: leaving.signal }),
    )
    const reading = (async () => {
      for await (const _event of readEvents(response)) leaving.abort()
    })()
    await reading
    expect(watching?.aborted).toBe(true)
  })

  it('ends the stream, with words for the log, where the store is down', async () => {
    const made = engine()
    made.sync.watch = () => {
      throw new OAuthError({ code: 'store_failed', detail: 'redis://10.0.0.7 is down' })
    }
    const { call, failures } = connected(made)
    const response = await call('/oauth/sync', { headers: events })
    expect(await response.text()).not.toContain('10.0.0.7')
    expect(failures).toMatchObject([{ error: { code: 'store_failed' } }])
  })

  it('says that the store is down, not that there is no sync', async () => {
    const made = engine()
    made.sync.history = () => Promise.reject(new OAuthError({ code: 'store_failed', detail: '10.0.0.7' }))
    const { call } = connected(made)
    const response = await call('/oauth/shop/sync')
    expect([response.status, (await response.text()).includes('10.0.0.7')]).toEqual([503, false])
  })
})

describe('steering a sync', () => {
  it('starts, pauses, resumes and cancels', async () => {
    const { call, sync } = connected()
    const act = async (action: string) => {
      const response = await call(`/oauth/shop/sync?action=${action}`, { method: 'POST', headers: own })
      const { sync: run, error } = JSON.parse(await response.text())
      return [response.status, run?.status ?? error.code]
    }
    expect(await act('pause')).toEqual([409, 'not_applicable'])
    expect(await act('start')).toEqual([200, 'pending'])
    const run = await sync.get(ref)
    expect(run?.userId).toBe('u1')
    // Three months, as after a connect.
    const days = ((run?.to.getTime() ?? 0) - (run?.from.getTime() ?? 0)) / 86_400_000
    expect(days).toBeGreaterThanOrEqual(89)
    expect(days).toBeLessThanOrEqual(92)
    expect(await act('pause')).toEqual([200, 'paused'])
    expect(await act('pause')).toEqual([409, 'not_applicable'])
    expect(await act('resume')).toEqual([200, 'pending'])
    expect(await act('cancel')).toEqual([200, 'cancelled'])
    expect(await act('resume')).toEqual([409, 'not_applicable'])
    expect(await act('explode')).toEqual([400, 'params_invalid'])
    expect(await act('')).toEqual([400, 'params_invalid'])
  })

  it('starts nothing for what is not connected', async () => {
    const { call, sync } = connected()
    const init = { method: 'POST', headers: own }
    expect((await call('/oauth/shop/sync?action=start&connectionId=other', init)).status).toBe(409)
    expect(await sync.get({ ...ref, connectionId: 'other' })).toBeUndefined()
  })

  it('only from a page of this site, in a session, and only of its own tenant', async () => {
    const made = engine()
    await made.sync.start({ ...request(7), tenantId: 't2' })
    const { call } = connected(made)
    const foreign = { 'sec-fetch-site': 'cross-site', cookie: 'sid=1' }
    const cancel = '/oauth/shop/sync?action=cancel'
    expect((await call(cancel, { method: 'POST', headers: foreign })).status).toBe(403)
    expect((await call(cancel, { method: 'POST', headers: own })).status).toBe(409)
    expect(await made.sync.get({ ...ref, tenantId: 't2' })).toMatchObject({ status: 'pending' })
    const nobody = setUp({ sync: made.sync, session: () => undefined })
    for (const path of ['/oauth/sync', '/oauth/shop/sync'])
      expect((await nobody.call(path, { headers: events })).status).toBe(401)
    expect((await nobody.call(cancel, { method: 'POST', headers: own })).status).toBe(401)
  })
})

describe('without the engine', () => {
  it('there is nothing to follow or to steer', async () => {
    const { call } = setUp()
    for (const path of ['/oauth/sync', '/oauth/shop/sync']) expect((await call(path)).status).toBe(404)
    expect((await call('/oauth/shop/sync?action=start', { method: 'POST', headers: own })).status).toBe(404)
  })

  it('an integration may be called sync; with it, the name is taken', async () => {
    const client = fakeClient({ provider: { ...shop, id: 'sync' } })
    const session = () => undefined
    const { call } = setUp({}, client)
    expect((await call('/oauth/sync', { method: 'DELETE', headers: own })).status).toBe(200)
    expect(client.disconnected).toHaveLength(1)
    expect(() => createOAuthHandler({ clients: [client], session, sync: engine().sync })).toThrow(/"sync"/)
  })
})
