import { afterEach, describe, expect, it, vi } from 'vitest'
import { gitlab } from '../../providers/gitlab.ts'
import { slack } from '../../providers/slack.ts'
import { createOAuthClient } from '../../src/create-client.ts'
import { memoryStore } from '../../src/stores/memory-store.ts'
import { failure } from '../support/connected.ts'

afterEach(() => vi.unstubAllEnvs())

const names = ['SLACK_CLIENT_ID', 'SLACK_CLIENT_SECRET', 'LATCHKEY_SECRET', 'LATCHKEY_BASE_URL']

describe('configuration', () => {
  it('names everything that is missing in one error', async () => {
    for (const name of names) vi.stubEnv(name, '')
    const error = await failure(() => createOAuthClient(slack))
    expect(error.code).toBe('config_invalid')
    for (const name of names) expect(error.message).toContain(name)
    expect(error.provider).toBe('slack')
  })

  it('works from the environment alone', async () => {
    vi.stubEnv('SLACK_CLIENT_ID', 'env-id')
    vi.stubEnv('SLACK_CLIENT_SECRET', 'env-secret')
    vi.stubEnv('LATCHKEY_SECRET', 's'.repeat(32))
    vi.stubEnv('LATCHKEY_BASE_URL', 'https://app.example.com/')
    const client = createOAuthClient(slack, { store: memoryStore() })
    expect(client.redirectUri).toBe('https://app.example.com/oauth/slack/callback')
    const { url } = await client.authorize({ tenantId: 't1' })
    expect(new URL(url).searchParams.get('client_id')).toBe('env-id')
  })

  const good = {
    clientId: 'i',
    clientSecret: 's',
    redirectUri: 'https://a.example/cb',
    secret: 'x'.repeat(32),
  }

  it('lists several mistakes at once', async () => {
    const mistakes = { ...good, secret: 'short', redirectUri: 'http://a.example/cb', timeout: -1 }
    const { message, code } = await failure(() => createOAuthClient(slack, mistakes))
    expect(code).toBe('config_invalid')
    expect(message).toContain('32 bytes')
    expect(message).toContain('redirect URI')
    expect(message).toContain('timeout')
    expect(message).not.toContain('short')
  })

  it.each(['/cb', 'ftp://a.example/cb', 'https://a.example/cb#x', 'https://u:p@a.example/cb'])(
    'refuses the redirect URI %s',
    async (redirectUri) => {
      expect((await failure(() => createOAuthClient(slack, { ...good, redirectUri }))).code).toBe(
        'config_invalid',
      )
    },
  )

  it('takes http on loopback', () => {
    for (const redirectUri of ['http://localhost:3000/cb', 'http://127.0.0.1/cb', 'http://[::1]:1/cb'])
      expect(createOAuthClient(slack, { ...good, redirectUri, store: memoryStore() }).redirectUri).toBe(
        redirectUri,
      )
  })

  it('checks trusted params when the client is made', async () => {
    const options = { ...good, store: memoryStore() }
    createOAuthClient(gitlab, { ...options, params: { host: 'gitlab.internal.example:8443/git' } })
    for (const host of ['https://x', 'a@b', 'a b', 'x?y'])
      expect((await failure(() => createOAuthClient(gitlab, { ...options, params: { host } }))).code).toBe(
        'config_invalid',
      )
  })

  it('asks a secret that is a function at each request', async () => {
    const client = createOAuthClient(slack, {
      ...good,
      store: memoryStore(),
      clientSecret: () => Promise.reject(new Error('vault sealed')),
    })
    const { state } = await client.authorize({ tenantId: 't1' })
    const error = await failure(client.callback(`?code=c&state=${state}`))
    expect(error.code).toBe('config_invalid')
  })
})
