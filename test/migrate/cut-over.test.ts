import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { openFernet, sealFernet } from '../../examples/migrate-hand-written/fernet.ts'
import { mergeDuplicates } from '../../examples/migrate-hand-written/merge.ts'
import { readTenants } from '../../examples/migrate-hand-written/read-rows.ts'
import { readRow } from '../../examples/migrate-hand-written/row.ts'
import { writeBack } from '../../examples/migrate-hand-written/write-back.ts'
import type { MoveClient } from '../../examples/migrate-shared/clients.ts'
import { move } from '../../examples/migrate-shared/move.ts'
import { verify } from '../../examples/migrate-shared/verify.ts'
import { linear } from '../../providers/linear.ts'
import { createOAuthClient } from '../../src/create-client.ts'
import { memoryStore } from '../../src/stores/memory-store.ts'
import { mockProvider } from '../../src/testing/index.ts'
import type { TokenStore } from '../../src/types.ts'
import { describeWithPostgres } from '../support/servers.ts'
import { type OldApplication, oldApplication, patience } from './old-application.ts'

const schema = readFileSync(
  new URL('../../examples/migrate-hand-written/schema.sql', import.meta.url),
  'utf8',
)
const fernetKey = Buffer.alloc(32, 1).toString('base64url').padEnd(44, '=')
const registration = {
  clientId: 'client-1',
  clientSecret: 'client-secret',
  redirectUri: 'https://app.example.com/callback',
}

/** Linear rotates: a refresh token that somebody else has spent is refused, after a grace that a test lets pass. */
describeWithPostgres('from the old refresher to latchkey, and back', () => {
  let app: OldApplication
  let now = Date.now()
  const mock = mockProvider(linear, { ...registration, clock: () => now })
  let server: Awaited<ReturnType<typeof mock.listen>>
  const pass = (ms: number) => {
    now += ms
  }
  const hour = 3_600_000
  const clientOn = (store: TokenStore) =>
    createOAuthClient(server.definition, {
      ...registration,
      secret: 'the secret of the new application, 32 bytes',
      store,
      clock: () => now,
    })
  const clients = (store: TokenStore): MoveClient[] => [clientOn(store)]

  beforeAll(async () => {
    server = await mock.listen()
  })
  afterAll(() => server.close())
  beforeEach(async () => {
    now = Date.now()
    app = await oldApplication(schema)
    await app.store.ensureSchema()
    for (const tenantId of ['t1', 't2']) {
      const old = clientOn(memoryStore())
      await old.callback(await mock.approve((await old.authorize({ tenantId })).url))
      const { accessToken, refreshToken = '', expiresAt } = await old.getTokens({ tenantId })
      await app.database.query(
        `INSERT INTO integration_tokens (tenant_id, provider, access_token, refresh_token, expires_at, scopes)
         VALUES ($1, 'linear', $2, $3, $4::timestamptz AT TIME ZONE 'UTC', 'read')`,
        [tenantId, sealFernet(accessToken, fernetKey), sealFernet(refreshToken, fernetKey), expiresAt],
      )
    }
  }, patience)
  afterEach(() => app.dispose())

  async function* oldRows() {
    for await (const tenant of readTenants(app.url, undefined))
      yield* mergeDuplicates(tenant.map((row) => readRow(row, [fernetKey])))
  }
  /** What the Python service's refresher would do with a row; the status of the answer. */
  async function oldRefresh(tenantId: string): Promise<number> {
    const { rows } = await app.database.query<{ refresh_token: string }>(
      'SELECT refresh_token FROM integration_tokens WHERE tenant_id = $1',
      [tenantId],
    )
    const { clientId, clientSecret } = registration
    const response = await fetch(server.definition.token.url, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        refresh_token: openFernet(rows[0]?.refresh_token ?? '', [fernetKey]) ?? '',
        client_id: clientId,
        client_secret: clientSecret,
      }),
    })
    await response.body?.cancel()
    return response.status
  }

  it('moves living connections, which go on by themselves', { timeout: patience }, async () => {
    expect(await move(oldRows(), { store: app.store, clients, dryRun: false })).toMatchObject({ imported: 2 })
    const client = clientOn(app.store)
    const first = await client.getAccessToken({ tenantId: 't1' })
    pass(48 * hour)
    const second = await client.getAccessToken({ tenantId: 't1' })
    expect(second).not.toBe(first)
    expect((await client.fetch({ tenantId: 't1' }, '/graphql')).status).not.toBe(401)
    expect(await verify([client])).toEqual([
      { provider: 'linear', connections: 2, reconnectRequired: 0, usable: 2, failed: [] },
    ])
  })

  it('shows what two refreshers do, which is why the old one ends first', { timeout: patience }, async () => {
    await move(oldRows(), { store: app.store, clients, dryRun: false })
    expect(await oldRefresh('t1')).toBe(200)
    pass(48 * hour)
    expect(await verify([clientOn(app.store)])).toEqual([
      { provider: 'linear', connections: 2, reconnectRequired: 1, usable: 1, failed: [] },
    ])
  })

  it('goes back: the old table has the tokens of now, and its refresher goes on', {
    timeout: patience,
  }, async () => {
    await move(oldRows(), { store: app.store, clients, dryRun: false })
    const client = clientOn(app.store)
    await client.refresh({ tenantId: 't1' })
    await client.refresh({ tenantId: 't2' })
    pass(48 * hour)
    // Without the way back, the old rows hold spent tokens.
    expect(await oldRefresh('t1')).toBe(400)

    // A connection that was made with latchkey, for which the old table has no row.
    await client.callback(await mock.approve((await client.authorize({ tenantId: 't3', userId: 'u3' })).url))
    expect(await writeBack(app.database, [client], { fernetKey })).toBe(3)
    const { rows } = await app.database.query(
      'SELECT tenant_id, user_id, provider, status FROM integration_tokens ORDER BY tenant_id',
    )
    expect(rows).toEqual([
      { tenant_id: 't1', user_id: null, provider: 'linear', status: 'active' },
      { tenant_id: 't2', user_id: null, provider: 'linear', status: 'active' },
      { tenant_id: 't3', user_id: 'u3', provider: 'linear', status: 'active' },
    ])
    expect(await oldRefresh('t2')).toBe(200)
    expect(await oldRefresh('t3')).toBe(200)
    const again: unknown[] = []
    for await (const row of oldRows()) again.push(row)
    const { expiresAt } = await client.getTokens({ tenantId: 't3' })
    expect(again).toContainEqual(
      expect.objectContaining({ tenantId: 't3', tokens: expect.objectContaining({ expiresAt }) }),
    )
  })
})
