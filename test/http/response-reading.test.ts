import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createOAuthClient, isOAuthError, memoryStore, type OAuthClientOptions } from '../../src/index.ts'
import { acmeAt, credentials } from '../support/acme.ts'
import { type Answer, type ProviderServer, startProviderServer } from '../support/provider-server.ts'
import { type BodyCase, bodyCases } from './response-bodies.ts'

// The same bodies through both transports and at both requests that read tokens.
const transports: Record<string, Partial<OAuthClientOptions>> = {
  "Node's dispatcher": {},
  'fetch passed in': { fetch: (input, init) => globalThis.fetch(input, init) },
}
const now = Date.UTC(2026, 10, 21)
const ref = { tenantId: 't1' }

let server: ProviderServer
let tokenAnswer: Answer
beforeAll(async () => {
  server = await startProviderServer(({ path }) =>
    path === '/token' ? tokenAnswer : { body: JSON.stringify({ id: 'u1', name: 'Una' }) },
  )
})
afterAll(() => server.close())

async function connect(transport: Partial<OAuthClientOptions>) {
  const client = createOAuthClient(acmeAt(server.origin), {
    ...credentials,
    ...transport,
    store: memoryStore(),
    clock: () => now,
  })
  const { state } = await client.authorize(ref)
  return { client, finish: () => client.callback(`?code=the-code&state=${state}`) }
}

async function check(
  which: BodyCase,
  run: () => Promise<unknown>,
  tokens: () => Promise<{ [key: string]: unknown }>,
) {
  if (which.error) {
    const error: unknown = await run().then(
      () => 'no error',
      (caught: unknown) => caught,
    )
    if (!isOAuthError(error)) throw new Error(`not an OAuthError: ${String(error)}`)
    expect(error.code).toBe(which.error.code)
    expect(error.provider).toBe('acme')
    expect(error.message).toMatch(/^Acme OAuth failed: /)
    expect(error.message.length).toBeLessThanOrEqual(2000)
    const { error: words, description, status, retryable, retryAfter } = which.error
    if (words !== undefined) expect(error.error).toBe(words)
    if (typeof description === 'string') expect(error.errorDescription).toBe(description)
    else if (description) expect(error.message).toMatch(description)
    if (status !== undefined) expect(error.status).toBe(status)
    if (retryable !== undefined) expect(error.retryable).toBe(retryable)
    if (retryAfter !== undefined) expect(error.retryAfter).toBe(retryAfter)
    expect(JSON.stringify([error, error.message, error.cause, error.hint])).not.toMatch(
      /at-good|rt-good|the-code/,
    )
    return
  }
  await run()
  const got = await tokens()
  const { accessToken, refreshToken, expiresIn, scopes, tokenType } = which.tokens ?? { accessToken: '' }
  expect(got.accessToken).toBe(accessToken)
  if (refreshToken) expect(got.refreshToken).toBe(refreshToken)
  if (expiresIn === null) expect(got.expiresAt).toBeUndefined()
  else if (expiresIn) expect(got.expiresAt).toEqual(new Date(now + expiresIn * 1000))
  if (scopes) expect(got.scopes).toEqual(scopes)
  if (tokenType) expect(got.tokenType).toBe(tokenType)
}

describe.each(Object.entries(transports))('reading a token response through %s', (_name, transport) => {
  it.each(bodyCases)('exchange: $name', async (which) => {
    tokenAnswer = which.answer
    const { client, finish } = await connect(transport)
    await check(which, finish, async () => ({ ...(await client.getTokens(ref)) }))
  })

  it.each(bodyCases)('refresh: $name', async (which) => {
    tokenAnswer = {
      body: JSON.stringify({
        access_token: 'at-0',
        refresh_token: 'rt-0',
        expires_in: 60,
        scope: 'read offline',
      }),
    }
    const { client, finish } = await connect(transport)
    await finish()
    tokenAnswer = which.answer
    await check(
      which,
      () => client.refresh(ref),
      async () => ({ ...(await client.getTokens(ref)) }),
    )
    // Nothing that went wrong here ends a grant, and nothing is lost.
    expect((await client.getConnection(ref))?.status).toBe('active')
    if (which.error) expect((await client.getTokens(ref)).refreshToken).toBe('rt-0')
  })
})

it('covers at least forty bodies', () => {
  expect(bodyCases.length).toBeGreaterThanOrEqual(40)
})
