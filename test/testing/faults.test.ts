import { createServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { Fault } from '../../src/testing/index.ts'
import { plain } from './definitions.ts'
import { closeAll, listening } from './plain-client.ts'

afterEach(closeAll)

describe('faults', () => {
  it.each([
    [{ kind: 'html' }, 200, /^text\/html/, /^<!DOCTYPE html>[\s\S]*<title>Down for maintenance<\/title>/],
    [
      { kind: 'html', status: 503, contentType: 'application/json', title: 'A <b>' },
      503,
      /^application\/json$/,
      /<title>A &#60;b&#62;<\/title>/,
    ],
    [{ kind: 'empty' }, 200, /json/, /^$/],
    [{ kind: 'empty', status: 204 }, 204, /json/, /^$/],
    [{ kind: 'rate-limited', retryAfter: 7 }, 429, /json/, /rate_limited/],
    [{ kind: 'server-error' }, 500, /json/, /server_error/],
    [{ kind: 'server-error', status: 502, body: 'none' }, 502, /^$/, /^$/],
    [{ kind: 'redirect', location: 'https://evil.example/' }, 302, /^$/, /^$/],
    [{ kind: 'json', body: ['x'], status: 418 }, 418, /json/, /^\["x"\]$/],
  ] satisfies [Fault, number, RegExp, RegExp][])('%j', async (fault, status, type, body) => {
    const simulator = await listening(plain)
    const code = await simulator.code()
    simulator.mock.fault(fault)
    const spoiled = await simulator.client.exchange(code)
    expect(spoiled.status).toBe(status)
    expect(spoiled.headers.get('content-type') ?? '').toMatch(type)
    expect(spoiled.text).toMatch(body)
    if (fault.kind === 'rate-limited') expect(spoiled.headers.get('retry-after')).toBe('7')
    if (fault.kind === 'redirect') expect(spoiled.headers.get('location')).toBe(fault.location)
    expect((await simulator.client.exchange(code)).status, 'it was not carried out').toBe(200)
  })

  it('oversized: valid JSON of more than 1 MiB', async () => {
    const simulator = await listening(plain)
    simulator.mock.fault({ kind: 'oversized' })
    const { text, json } = await simulator.client.exchange('x')
    expect(Buffer.byteLength(text)).toBeGreaterThan(2 ** 20)
    expect(json).toBeDefined()
  })

  it('truncated: half of the true answer, which was carried out', async () => {
    const simulator = await listening(plain)
    const { refresh_token: token } = await simulator.tokens()
    simulator.mock.fault({ kind: 'truncated', on: 'refresh' })
    const cut = await simulator.client.refresh(String(token))
    expect(cut).toMatchObject({ status: 200, json: undefined })
    expect(cut.text).toMatch(/^\{"access_token"/)
    expect((await simulator.client.refresh(String(token))).body.error).toBe('invalid_grant')
  })

  it('reset: a broken connection, before or after the work', async () => {
    const simulator = await listening(plain)
    const { refresh_token: token } = await simulator.tokens()
    simulator.mock.fault({ kind: 'reset' })
    await expect(simulator.client.refresh(String(token))).rejects.toThrow('fetch failed')
    simulator.mock.fault({ kind: 'reset', processed: true })
    await expect(simulator.client.refresh(String(token))).rejects.toThrow('fetch failed')
    expect((await simulator.client.refresh(String(token))).body.error).toBe('invalid_grant')
    expect(simulator.mock.requests.map(({ status }) => status)).toEqual([200, 0, 0, 400])
  })

  it('slow: the true answer, once it is released', async () => {
    const simulator = await listening(plain)
    const code = await simulator.code()
    let release = () => {}
    const until = new Promise<void>((resolve) => {
      release = resolve
    })
    simulator.mock.fault({ kind: 'slow', until })
    let settled = false
    const slow = simulator.client.exchange(code).finally(() => {
      settled = true
    })
    // Another request overtakes it.
    expect((await simulator.client.exchange('x')).body.error).toBe('invalid_grant')
    expect(settled).toBe(false)
    release()
    expect((await slow).status).toBe(200)
    simulator.mock.fault({ kind: 'slow', ms: 1 })
    expect((await simulator.client.exchange('x')).body.error).toBe('invalid_grant')
  })

  it('add headers of their own', async () => {
    const simulator = await listening(plain)
    simulator.mock.fault({ kind: 'server-error', headers: { 'X-Trace': 'abc', 'Retry-After': '3' } })
    const { headers } = await simulator.client.exchange('x')
    expect([headers.get('x-trace'), headers.get('retry-after')]).toEqual(['abc', '3'])
  })

  it('spoil as many answers as they say, of the endpoint they name, in order', async () => {
    const simulator = await listening(plain)
    const { access_token: access, refresh_token: refresh } = await simulator.tokens()
    simulator.mock.fault({ kind: 'server-error', status: 501, on: 'refresh' })
    simulator.mock.fault({ kind: 'server-error', status: 502, on: 'token', times: 2 })
    simulator.mock.fault({ kind: 'server-error', status: 503, on: 'identity' })
    simulator.mock.fault({ kind: 'server-error', status: 504, on: 'api' })
    simulator.mock.fault({ kind: 'server-error', status: 505, on: 'revocation' })
    const statusOf = async (answer: Promise<{ status: number }>) => (await answer).status
    const { client, definition } = simulator
    expect(await statusOf(client.exchange('x'))).toBe(502)
    expect(await statusOf(client.refresh('x'))).toBe(501)
    expect(await statusOf(client.refresh('x'))).toBe(502)
    expect(await statusOf(client.refresh('x'))).toBe(400)
    expect(await statusOf(client.get(`${definition.api.baseUrl}/items`, String(access)))).toBe(504)
    expect(await statusOf(client.get(`${definition.api.baseUrl}/items`, String(access)))).toBe(200)
    expect(await statusOf(client.get(String(definition.identity.request?.url), String(access)))).toBe(503)
    expect(await statusOf(client.revoke(String(refresh)))).toBe(505)
    expect(await statusOf(client.revoke(String(refresh)))).toBe(200)
  })

  it('leave the consent page alone unless they name it, and can be taken back', async () => {
    const simulator = await listening(plain)
    simulator.mock.fault({ kind: 'server-error' })
    expect((await fetch(simulator.client.authorizationUrl())).status).toBe(200)
    simulator.mock.fault({ kind: 'server-error', on: 'authorization' })
    expect((await fetch(simulator.client.authorizationUrl())).status).toBe(500)
    simulator.mock.clearFaults()
    expect((await simulator.client.exchange('x')).status).toBe(400)
  })
})

describe('the record of requests', () => {
  it('shows each one as it would have reached the provider', async () => {
    const simulator = await listening(plain)
    const { access_token: access } = await simulator.tokens()
    await simulator.client.get(
      `${simulator.definition.api.baseUrl}/items?since=2026-01-01T00:00:00Z`,
      String(access),
    )
    await simulator.client.refresh('nonsense')
    expect(simulator.mock.requests).toMatchObject([
      {
        endpoint: 'exchange',
        method: 'POST',
        url: 'https://auth.plain.example/token',
        headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
        body: { grant_type: 'authorization_code', code: expect.any(String) },
        status: 200,
      },
      {
        endpoint: 'history',
        method: 'GET',
        url: 'https://api.plain.example/v1/items?since=2026-01-01T00:00:00Z',
        headers: { authorization: `Bearer ${String(access)}` },
        body: {},
        status: 200,
      },
      { endpoint: 'refresh', body: { refresh_token: 'nonsense' }, status: 400 },
    ])
  })
})

describe('the server', () => {
  it('knows no other address', async () => {
    const simulator = await listening(plain)
    for (const path of ['/', '/favicon.ico', '/elsewhere.example/token', '/auth.plain.example/nothing'])
      expect((await fetch(`${simulator.origin}${path}`)).status, path).toBe(404)
    expect(simulator.mock.requests).toEqual([])
  })

  it('listens where it is told, and on several ports with one memory', async () => {
    const simulator = await listening(plain)
    const second = await simulator.mock.listen()
    expect(second.origin).not.toBe(simulator.origin)
    const callback = new URL(await simulator.mock.approve(simulator.client.authorizationUrl()))
    await second.close()
    await expect(fetch(`${second.origin}/`)).rejects.toThrow('fetch failed')
    expect((await simulator.client.exchange(callback.searchParams.get('code') ?? '')).status).toBe(200)
    const port = await freePort()
    const third = await simulator.mock.listen({ port })
    expect(third.origin).toBe(`http://127.0.0.1:${port}`)
    await expect(simulator.mock.listen({ port })).rejects.toThrow(/EADDRINUSE/)
    await third.close()
  })
})

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
