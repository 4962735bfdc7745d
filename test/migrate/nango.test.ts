import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freshdesk } from '../../providers/freshdesk.ts'
import { github } from '../../providers/github.ts'
import { quickbooks } from '../../providers/quickbooks.ts'
import { slack } from '../../providers/slack.ts'
import { json } from '../support/connected.ts'
import { type Arrived, startProviderServer } from '../support/provider-server.ts'
import { describeWithPostgres } from '../support/servers.ts'
import { type OldApplication, oldApplication, patience } from './old-application.ts'

interface Body {
  readonly provider_config_key: string
  readonly credentials: {
    readonly refresh_token?: string
    readonly raw?: { readonly refresh_token?: string }
  }
}

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`fixtures/nango/${name}.json`, import.meta.url), 'utf8'))
const { body: listed } = read('connections')
const { bodies, exhausted }: { bodies: Record<string, Body>; exhausted: { status: number; body: unknown } } =
  read('connection')

describeWithPostgres('an account at Nango', () => {
  let app: OldApplication
  let nango: Awaited<ReturnType<typeof startProviderServer>>
  let isBusy = true
  beforeAll(async () => {
    app = await oldApplication()
    nango = await startProviderServer(answer)
  }, patience)
  afterAll(async () => {
    await nango.close()
    await app.dispose()
  })

  /** What Nango's documentation says that it answers. */
  function answer({ path, headers }: Arrived) {
    if (headers.authorization !== 'Bearer nango-key') return json({ error: { code: 'unauthorized' } }, 401)
    const url = new URL(path, 'http://nango')
    if (url.pathname === '/connections') return json(listed)
    const id = url.pathname.replace('/connections/', '')
    if (id === 'conn-quickbooks' && isBusy) {
      isBusy = false
      return json({ error: 'slow down' }, 429, { 'retry-after': '0' })
    }
    if (id === 'conn-dead') return json(exhausted.body, exhausted.status)
    const body = bodies[id]
    if (!body || url.searchParams.get('provider_config_key') !== body.provider_config_key)
      return json({ error: { code: 'not_found' } }, 404)
    if (url.searchParams.get('refresh_token') === 'true') return json(body)
    const { refresh_token: _own, ...credentials } = body.credentials
    const { refresh_token: _raw, ...raw } = credentials.raw ?? {}
    return json({ ...body, credentials: { ...credentials, raw } })
  }

  const integrations = ['slack', 'quickbooks', 'github', 'hubspot', 'zoom']
  const env = () => ({ NANGO_HOST: nango.origin, NANGO_SECRET_KEY: 'nango-key' })

  it('moves connections with what the API hands out', { timeout: patience }, async () => {
    const moved = await app.migrate('migrate-nango', integrations, { args: ['--write'], env: env() })
    expect(moved).toEqual({
      dryRun: false,
      read: 10,
      imported: 5,
      alreadyThere: 0,
      leftBehind: [
        { source: 'hubspot conn-dead', why: 'Nango does not hand out its credentials (HTTP 424)' },
        { source: 'hubspot conn-own-client', why: expect.stringContaining('a client id of its own') },
        { source: 'myspace-prod conn-unknown', why: 'no integration is called "myspace"' },
        { source: 'zoom conn-bill', why: "credentials of the type OAUTH2_CC are none of latchkey's" },
        { source: 'zoom conn-without-credentials', why: expect.stringContaining('the API key needs') },
      ],
    })
    expect(app.said()).not.toMatch(/secret|nango-key/)

    // The organisation is the tenant, by `end_user` or by tags.
    expect(await app.client(slack).getTokens({ tenantId: 'org-1' })).toMatchObject({
      accessToken: 'secret-bot',
      scopes: ['channels:read', 'users:read'],
      additional: { user: { accessToken: 'secret-user', scopes: ['search:read'] } },
    })
    const books = app.client(quickbooks)
    expect(await books.getConnection({ tenantId: 'org-1' })).toMatchObject({
      userId: 'user-1',
      params: { realmId: '9130357960000000' },
      expiresAt: new Date('2026-11-20T10:00:00Z'),
      refreshTokenExpiresAt: new Date(Date.parse('2026-11-20T09:00:00Z') + 8_640_000_000),
      connectedAt: new Date('2023-06-03T15:00:14.945Z'),
      refreshedAt: new Date('2026-11-20T09:00:00Z'),
    })
    expect(await books.getTokens({ tenantId: 'org-1' })).toMatchObject({ refreshToken: 'secret-rt-2' })
    // Two of one user: the older is the default, the other keeps Nango's id.
    const code = app.client(github)
    expect((await code.getTokens({ tenantId: 'user-2' })).accessToken).toBe('secret-at-3')
    const later = { tenantId: 'user-2', connectionId: 'conn-github-later' }
    expect((await code.getTokens(later)).accessToken).toBe('secret-at-4')
    // Without an end user, the connection is its own tenant.
    expect(await app.client(freshdesk).getConnection({ tenantId: 'conn-freshdesk' })).toMatchObject({
      params: { subdomain: 'acme' },
      tokenType: 'api-key',
    })
  })

  it('says what was refused, and not with what', { timeout: patience }, async () => {
    const wrong = { ...env(), NANGO_SECRET_KEY: 'another-key' }
    await expect(app.migrate('migrate-nango', integrations, { env: wrong })).rejects.toThrow(
      /GET \/connections: HTTP 401/,
    )
    expect(app.said()).not.toContain('another-key')
  })
})
