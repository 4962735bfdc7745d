import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { sealFernet } from '../../examples/migrate-hand-written/fernet.ts'
import { googleCalendar } from '../../providers/google-calendar.ts'
import { googleDrive } from '../../providers/google-drive.ts'
import { hubspot } from '../../providers/hubspot.ts'
import { quickbooks } from '../../providers/quickbooks.ts'
import { slack } from '../../providers/slack.ts'
import { describeWithPostgres } from '../support/servers.ts'
import { type OldApplication, oldApplication, type Printed, patience } from './old-application.ts'

const schema = readFileSync(
  new URL('../../examples/migrate-hand-written/schema.sql', import.meta.url),
  'utf8',
)
const key = (byte: number) => Buffer.alloc(32, byte).toString('base64url').padEnd(44, '=')
const [newKey, oldKey, lostKey] = [key(1), key(2), key(3)]

/** Columns that are not named have the table's defaults. `created_at` is 2026-01-02 03:04:05, `updated_at` a day later. */
const rows: readonly Record<string, unknown>[] = [
  // 1: plain, with everything.
  {
    tenant_id: 't1',
    user_id: 'u1',
    provider: 'google_calendar',
    access_token: 'secret-at-1',
    refresh_token: 'secret-rt-1',
    expires_at: '2026-05-06 07:08:09.123',
    scopes: 'openid https://www.googleapis.com/auth/calendar.readonly',
    account_id: '1234567890',
  },
  // 2: sealed by the key before, under an alias, without an end.
  {
    tenant_id: 't1',
    provider: 'gdrive',
    access_token: sealFernet('secret-at-2', oldKey),
    refresh_token: sealFernet('secret-rt-2', oldKey),
    expires_at: '2099-12-31',
    scopes: '["a", "b"]',
  },
  // 3: no end known, no refresh token: Slack without rotation.
  { tenant_id: 't1', provider: 'Slack', access_token: sealFernet('secret-at-3', newKey), scopes: 'a,b' },
  // 4 to 7: one integration, four times; the newest living one is the third.
  { tenant_id: 't2', provider: 'hubspot', access_token: 'secret-at-4', refresh_token: 'secret-rt-4' },
  { tenant_id: 't2', provider: 'hub_spot', access_token: 'secret-at-5', updated_at: '2026-01-01' },
  {
    tenant_id: 't2',
    provider: 'hubspot',
    access_token: 'secret-at-6',
    refresh_token: 'secret-rt-6',
    updated_at: '2026-03-01',
  },
  {
    tenant_id: 't2',
    provider: 'hubspot',
    access_token: 'secret-at-7',
    refresh_token: 'secret-rt-7',
    status: 'revoked',
    updated_at: '2026-04-01',
  },
  // 8, 9: with and without what the API cannot be reached without.
  {
    tenant_id: 't2',
    provider: 'qbo',
    access_token: 'secret-at-8',
    refresh_token: 'secret-rt-8',
    metadata: { realm_id: 9130357960000000 },
  },
  { tenant_id: 't3', provider: 'quickbooks', access_token: 'secret-at-9', refresh_token: 'secret-rt-9' },
  // 10 to 12: what expired, and what can be made of it.
  {
    tenant_id: 't3',
    provider: 'hubspot',
    access_token: 'secret-at-10',
    refresh_token: 'secret-rt-10',
    expires_at: '2026-02-01',
    status: 'expired',
  },
  { tenant_id: 't3', provider: 'slack', access_token: 'secret-at-11', status: 'expired' },
  { tenant_id: 't4', provider: 'hubspot', refresh_token: 'secret-rt-12', status: 'ERROR' },
  // 13 to 19: what cannot be moved.
  { tenant_id: 't5', provider: 'myspace', access_token: 'secret-at-13' },
  { tenant_id: 't5', provider: 'slack', access_token: 'secret-at-14', status: 'pending' },
  { tenant_id: 't5', provider: 'slack', access_token: 'secret-at-15', status: 'disconnected' },
  { tenant_id: 't5', provider: 'slack', access_token: sealFernet('secret-at-16', lostKey) },
  { tenant_id: 't5', provider: 'slack', access_token: ' ', refresh_token: '' },
  { tenant_id: 't5', provider: 'slack', access_token: 'secret-at-18', scopes: '["a"' },
  { tenant_id: 't5', provider: 'zoom', access_token: 'secret-at-19', refresh_token: 'secret-rt-19' },
  // 20: a token that was pasted with a line break in it.
  { tenant_id: 't6', provider: 'slack', access_token: 'secret-at\n-20' },
]

describeWithPostgres('a hand-written table of tokens', () => {
  let app: OldApplication
  const integrations = ['google-calendar', 'google-drive', 'slack', 'hubspot', 'quickbooks']
  const env = { FERNET_KEYS: `${newKey},${oldKey}` }
  beforeAll(async () => {
    app = await oldApplication(schema)
    for (const row of rows) {
      const full = { created_at: '2026-01-02 03:04:05', updated_at: '2026-01-03 03:04:05', ...row }
      const columns = Object.keys(full)
      await app.database.query(
        `INSERT INTO integration_tokens (${columns}) VALUES (${columns.map((_name, index) => `$${index + 1}`)})`,
        Object.values(full),
      )
    }
  }, patience)
  afterAll(() => app.dispose())

  const expected: Omit<Printed, 'dryRun'> = {
    read: rows.length,
    imported: 8,
    alreadyThere: 0,
    leftBehind: [
      { source: 'integration_tokens 7', why: 'integration_tokens 6 stands for it' },
      { source: 'integration_tokens 4', why: 'integration_tokens 6 stands for it' },
      { source: 'integration_tokens 5', why: 'integration_tokens 6 stands for it' },
      {
        source: 'integration_tokens 9',
        why: expect.stringMatching(
          /^QuickBooks OAuth failed: params_invalid - params are missing: "realmId"/,
        ),
      },
      { source: 'integration_tokens 13', why: 'no integration is called "myspace"' },
      { source: 'integration_tokens 14', why: 'the status "pending" is not known' },
      { source: 'integration_tokens 15', why: 'the user has disconnected' },
      { source: 'integration_tokens 16', why: 'none of the Fernet keys opens its accessToken' },
      { source: 'integration_tokens 17', why: 'it has no token' },
      { source: 'integration_tokens 18', why: 'its scopes cannot be read' },
      { source: 'integration_tokens 19', why: 'there is no client for "zoom"' },
      {
        source: 'integration_tokens 20',
        why: 'Slack OAuth failed: params_invalid - tokens.accessToken is not a usable string',
      },
    ],
  }
  const bySource = (printed: Omit<Printed, 'dryRun'>) => ({
    ...printed,
    leftBehind: [...printed.leftBehind].sort((a, b) => a.source.localeCompare(b.source)),
  })
  const stored = async () => (await app.database.query('SELECT * FROM latchkey_connections')).rows

  it('says what it would do, does it, and does nothing when it is run again', {
    timeout: patience,
  }, async () => {
    const dry = await app.migrate('migrate-hand-written', integrations, { env })
    expect(bySource(dry)).toEqual({ dryRun: true, ...bySource(expected) })
    expect(await stored()).toEqual([])

    const moved = await app.migrate('migrate-hand-written', integrations, { env, args: ['--write'] })
    expect(bySource(moved)).toEqual({ dryRun: false, ...bySource(expected) })
    const before = await stored()
    expect(before).toHaveLength(8)

    const again = await app.migrate('migrate-hand-written', integrations, { env, args: ['--write'] })
    expect(again).toMatchObject({ imported: 0, alreadyThere: 8 })
    expect(await stored()).toEqual(before)
    const dryAgain = await app.migrate('migrate-hand-written', integrations, { env })
    expect(dryAgain).toMatchObject({ dryRun: true, imported: 0, alreadyThere: 8 })

    // Neither the report nor an error holds a token, a key, or what a token was sealed to.
    expect(app.said()).not.toMatch(/secret-|gAAAAA/)
    for (const each of [newKey, oldKey, lostKey]) expect(app.said()).not.toContain(each)
  })

  it('has moved what the rows said', { timeout: patience }, async () => {
    const calendar = app.client(googleCalendar)
    expect(await calendar.getConnection({ tenantId: 't1' })).toMatchObject({
      userId: 'u1',
      status: 'active',
      // Naive times are UTC, though the process ran in New York.
      expiresAt: new Date('2026-05-06T07:08:09.123Z'),
      connectedAt: new Date('2026-01-02T03:04:05Z'),
      refreshedAt: new Date('2026-01-03T03:04:05Z'),
      scopes: ['openid', 'https://www.googleapis.com/auth/calendar.readonly'],
      account: { id: '1234567890' },
    })
    expect(await calendar.getTokens({ tenantId: 't1' })).toMatchObject({
      accessToken: 'secret-at-1',
      refreshToken: 'secret-rt-1',
    })

    const drive = await app.client(googleDrive).getTokens({ tenantId: 't1' })
    expect(drive).toMatchObject({
      accessToken: 'secret-at-2',
      refreshToken: 'secret-rt-2',
      scopes: ['a', 'b'],
    })
    expect(drive).not.toHaveProperty('expiresAt')

    const bot = await app.client(slack).getTokens({ tenantId: 't1' })
    expect(bot).toEqual({ accessToken: 'secret-at-3', scopes: ['a', 'b'], tokenType: 'Bearer' })

    expect(await app.client(quickbooks).getConnection({ tenantId: 't2' })).toMatchObject({
      params: { realmId: '9130357960000000' },
    })
  })

  it('has merged duplicates, and leaves what ended to the provider or to the user', {
    timeout: patience,
  }, async () => {
    const client = app.client(hubspot)
    expect(await client.getTokens({ tenantId: 't2' })).toMatchObject({ refreshToken: 'secret-rt-6' })
    expect(await client.getConnection({ tenantId: 't3' })).toMatchObject({
      status: 'active',
      expiresAt: new Date('2026-02-01T00:00:00Z'),
    })
    // An access token that never was: the first use refreshes.
    const alone = await client.getTokens({ tenantId: 't4' })
    expect(alone).toMatchObject({ accessToken: '', refreshToken: 'secret-rt-12' })
    expect(alone.expiresAt?.getTime()).toBeLessThanOrEqual(Date.now())
    // No end was noted, and HubSpot's tokens have one: it counts as over.
    const unknown = (await client.getTokens({ tenantId: 't2' })).expiresAt
    expect(unknown?.getTime()).toBeLessThanOrEqual(Date.now())
    expect(await app.client(slack).getConnection({ tenantId: 't3' })).toMatchObject({
      status: 'reconnect_required',
    })
  })

  it('reads naive times in the zone that it is told', { timeout: patience }, async () => {
    await app.database.query('DELETE FROM latchkey_connections')
    await app.migrate('migrate-hand-written', integrations, {
      env: { ...env, OLD_TIME_ZONE: 'Europe/Berlin' },
      args: ['--write'],
    })
    const connection = await app.client(googleCalendar).getConnection({ tenantId: 't1' })
    expect(connection?.expiresAt).toEqual(new Date('2026-05-06T05:08:09.123Z'))
    expect(connection?.connectedAt).toEqual(new Date('2026-01-02T02:04:05Z'))
  })
})
