import { Events, type MutableResponse, type MutableToken, OAuth2Server } from 'oauth2-mock-server'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { createOAuthClient } from '../../../src/create-client.ts'
import { isOAuthError, type OAuthError } from '../../../src/errors/oauth-error.ts'
import { defineProvider } from '../../../src/provider/define.ts'
import { memoryStore } from '../../../src/stores/memory-store.ts'
import type { Connection, OAuthClientOptions } from '../../../src/types.ts'

export const ref = { tenantId: 'tenant-1' }
export const hour = 3_600_000
export const began = Date.UTC(2026, 10, 21)
/** What oidc-provider does not take: a secret beyond ASCII, as some providers' consoles let people set. */
export const credentials = { clientId: 'mock client:+/%', clientSecret: 's:+/% ä&="' } as const

type Authentication = 'client_secret_basic' | 'client_secret_post'

/** One server for the tests of the file that calls this, and clients that know it. */
export function mockServer() {
  const server = new OAuth2Server()
  let origin: string
  beforeAll(async () => {
    await server.issuer.keys.generate('RS256')
    await server.start(0, '127.0.0.1')
    origin = `http://127.0.0.1:${server.address().port}`
  })
  afterAll(() => server.stop())
  let serial = 0
  beforeEach(() => {
    // Its tokens hold nothing but the second: two of one second would be the same.
    server.service.on(Events.BeforeTokenSigning, ({ payload }: MutableToken) => {
      payload.jti = `token-${++serial}`
    })
  })
  afterEach(() => {
    for (const event of Object.values(Events)) server.service.removeAllListeners(event)
  })

  function setUp(
    authentication: Authentication = 'client_secret_post',
    options: Partial<OAuthClientOptions> = {},
  ) {
    const definition = defineProvider({
      id: 'mock',
      name: 'Mock',
      category: 'dev-tools',
      docs: ['https://github.com/axa-group/oauth2-mock-server'],
      checked: '2026-11-21',
      protocol: 'oauth2',
      authorization: { url: `${origin}/authorize`, scopes: { default: ['read', 'write'] } },
      token: { url: `${origin}/token`, authentication },
      refresh: { rotates: true },
      revocation: { url: `${origin}/revoke`, authentication, token: 'refresh_token' },
      identity: { request: { url: `${origin}/userinfo` }, id: 'sub', name: 'name' },
      api: { baseUrl: origin },
    })
    const time = { ahead: 0 }
    const ended: OAuthError[] = []
    const reported: OAuthError[] = []
    const refreshed: Connection[] = []
    const client = createOAuthClient(definition, {
      ...credentials,
      redirectUri: 'https://app.example.com/oauth/mock/callback',
      secret: 'a secret of at least thirty-two bytes, for tests',
      store: memoryStore(),
      clock: () => began + time.ahead,
      hooks: {
        onReconnectRequired: ({ error }) => ended.push(error),
        onRefreshed: ({ connection }) => refreshed.push(connection),
        onError: ({ error }) => reported.push(error),
      },
      ...options,
    })
    const callbackUrl = async () => {
      const { url } = await client.authorize({ ...ref, redirectPath: '/back' })
      const response = await fetch(url, { redirect: 'manual' })
      return new URL(response.headers.get('location') ?? '')
    }
    const connect = async () => client.callback(await callbackUrl())
    return { client, time, ended, reported, refreshed, callbackUrl, connect }
  }

  /** The next answer of the token endpoint. The server writes JSON, whatever the value. */
  function answerNext(status: number, body?: unknown): void {
    server.service.once(Events.BeforeResponse, (response: MutableResponse) => {
      response.statusCode = status
      if (body !== undefined) Object.assign(response, { body })
    })
  }

  /** Changes the next answer that would have been good. */
  function changeNext(change: (body: Record<string, unknown>) => void): void {
    server.service.once(Events.BeforeResponse, (response: MutableResponse) => {
      if (response.body !== '') change(response.body)
    })
  }

  /** Every token request, as the server saw it. */
  function watchTokenRequests() {
    const seen: { authorization: string | undefined; form: Readonly<Record<string, unknown>> }[] = []
    server.service.on(Events.BeforeResponse, (_response, request) => {
      seen.push({ authorization: request.headers.authorization, form: { ...request.body } })
    })
    return seen
  }

  return { server, setUp, answerNext, changeNext, watchTokenRequests }
}

export async function refused(promise: Promise<unknown>): Promise<OAuthError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!isOAuthError(error)) throw new Error('expected an OAuthError', { cause: error })
  return error
}
