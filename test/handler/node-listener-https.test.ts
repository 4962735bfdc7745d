import { once } from 'node:events'
import { createServer, request as httpRequest, type RequestListener } from 'node:http'
import { connect, createServer as createHttp2Server, createSecureServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, expect, it } from 'vitest'
import { shopify } from '../../providers/shopify.ts'
import { createOAuthClient } from '../../src/create-client.ts'
import { createOAuthHandler } from '../../src/handler/oauth-handler.ts'
import { toNodeListener } from '../../src/node.ts'
import { memoryStore } from '../../src/stores/memory-store.ts'
import { credentials } from '../support/acme.ts'

// Behind a proxy that ends HTTPS, what a client says in its headers decides nothing.

const publicOrigin = 'https://app.example.com'
const redirectUri = `${publicOrigin}/api/oauth/shopify/callback`

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const portOf = (address: AddressInfo | string | null) => (typeof address === 'object' && address?.port) || 0

function listener() {
  const client = createOAuthClient(shopify, { ...credentials, redirectUri, store: memoryStore() })
  const handler = createOAuthHandler({ clients: [client], session: () => ({ tenantId: 't1' }) })
  return toNodeListener(handler)
}

async function listen(serve: RequestListener): Promise<string> {
  const server = createServer(serve)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  closing.push(() => new Promise((done) => server.close(done)))
  return `http://127.0.0.1:${portOf(server.address())}`
}

const hostile = {
  host: 'evil.example',
  'x-forwarded-host': 'evil.example',
  'x-forwarded-proto': 'http',
  'x-forwarded-port': '81',
  forwarded: 'for=1.2.3.4;host=evil.example;proto=http',
}

it('takes the redirect URI and the cookie from the configuration, over plain HTTP and whatever the headers say', async () => {
  const base = await listen(listener())
  const url = `${base}/api/oauth/shopify/connect?shop=acme-store`
  // Not with fetch, which writes the Host itself.
  const asked = httpRequest(url, { headers: hostile }).end()
  const [response] = await once(asked, 'response')
  response.resume()
  expect(response.statusCode).toBe(303)
  const location = new URL(response.headers.location)
  expect(location.origin).toBe('https://acme-store.myshopify.com')
  expect(location.searchParams.get('redirect_uri')).toBe(redirectUri)
  const cookie: string = response.headers['set-cookie'][0]
  expect(cookie).toMatch(/; Path=\/api\/oauth\/shopify\/callback;.*; Secure$/)
  expect(cookie).not.toContain('Domain')
})

it.each([
  [publicOrigin, 200],
  ['http://app.example.com', 403],
  ['https://evil.example', 403],
])('judges a DELETE from a page of %s by the public origin: %i', async (origin, status) => {
  const base = await listen(listener())
  const headers = { ...hostile, origin, cookie: 'session=1' }
  const asked = httpRequest(`${base}/api/oauth/shopify`, { method: 'DELETE', headers }).end()
  const [response] = await once(asked, 'response')
  response.resume()
  expect(response.statusCode).toBe(status)
})

// A pre-shared key is TLS without a certificate (RFC 4279).
const psk = Buffer.alloc(16, 7)
const tls = { ciphers: 'PSK-AES128-GCM-SHA256', maxVersion: 'TLSv1.2' } as const

it.each([
  ['TLS', 'https'],
  ['plain TCP', 'http'],
])('serves a flow over HTTP/2 on %s', async (_name, scheme) => {
  const urls: string[] = []
  const own = listener()
  const seen = toNodeListener((request) => {
    urls.push(request.url)
    return new Response(null, { headers: { 'x-seen': 'yes' } })
  })
  const serve = (path: string) => (path.startsWith('/seen') ? seen : own)
  const server =
    scheme === 'https'
      ? createSecureServer({ ...tls, pskCallback: () => psk }, (request, response) => {
          void serve(request.url)(request, response)
        })
      : createHttp2Server((request, response) => void serve(request.url)(request, response))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  closing.push(() => new Promise((done) => server.close(done)))
  const authority = `${scheme}://localhost:${portOf(server.address())}`
  const session = connect(authority, {
    ...tls,
    pskCallback: () => ({ psk, identity: 'test' }),
    checkServerIdentity: () => undefined,
    host: '127.0.0.1',
  })
  closing.push(() => new Promise<void>((done) => session.close(done)))
  const ask = async (headers: Record<string, string>) => {
    const stream = session.request(headers).end()
    const [answer] = await once(stream, 'response')
    return { answer, body: await text(stream) }
  }

  await ask({ ':path': '/seen?a=b' })
  expect(urls).toEqual([`${authority}/seen?a=b`])
  const { answer } = await ask({ ':path': '/api/oauth/shopify/connect?shop=acme-store' })
  expect(answer[':status']).toBe(303)
  expect(new URL(answer.location).searchParams.get('redirect_uri')).toBe(redirectUri)
  expect(answer['set-cookie']).toEqual([expect.stringMatching(/HttpOnly; SameSite=Lax; Secure$/)])
  const list = await ask({ ':path': '/api/oauth' })
  expect(JSON.parse(list.body)).toMatchObject([{ id: 'shopify', connections: [] }])
  const crossSite = await ask({
    ':path': '/api/oauth/shopify',
    ':method': 'DELETE',
    'sec-fetch-site': 'cross-site',
  })
  expect(crossSite.answer[':status']).toBe(403)
})
