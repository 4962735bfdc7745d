import { describe, expect, it } from 'vitest'
import { move } from '../../examples/migrate-shared/move.ts'
import type { OldRow } from '../../examples/migrate-shared/old-connection.ts'
import { integrationsOf } from '../../examples/migrate-shared/sign-in-accounts.ts'
import { clickup } from '../../providers/clickup.ts'
import { hubspot } from '../../providers/hubspot.ts'
import { salesforce } from '../../providers/salesforce.ts'
import { slack } from '../../providers/slack.ts'
import { createOAuthClient } from '../../src/create-client.ts'
import { memoryStore } from '../../src/stores/memory-store.ts'
import type { TokenStore } from '../../src/types.ts'
import { credentials } from '../support/acme.ts'

const clients = (store: TokenStore) =>
  [clickup, hubspot, salesforce, slack].map((definition) =>
    createOAuthClient(definition, { ...credentials, store }),
  )
async function* rowsOf(...rows: readonly OldRow[]): AsyncGenerator<OldRow> {
  yield* rows
}
const tokensIn = (store: TokenStore, id: string, tenantId: string) =>
  clients(store)
    .find(({ provider }) => provider.id === id)
    ?.getTokens({ tenantId })

describe('moving rows', () => {
  it('names a second row for one place, and moves the first', async () => {
    const store = memoryStore()
    const row = (source: string, accessToken: string, connectionId?: string): OldRow => ({
      source,
      provider: 'slack',
      tenantId: 't1',
      connectionId,
      tokens: { accessToken },
    })
    const rows = () => rowsOf(row('a', 'xoxb-a'), row('b', 'xoxb-b'), row('c', 'xoxb-c', 'second'))
    const leftBehind = [{ source: 'b', why: 'a stands at its place' }]
    for (const [dryRun, imported] of [
      [true, 2],
      [false, 2],
      [false, 0],
      [true, 0],
    ] as const)
      expect(await move(rows(), { store, clients, dryRun })).toEqual({
        read: 3,
        imported,
        alreadyThere: 2 - imported,
        leftBehind,
      })
    expect(await tokensIn(store, 'slack', 't1')).toMatchObject({ accessToken: 'xoxb-a' })
  })

  it('takes an unnoted end for past where tokens end, and for none where they do not', async () => {
    const store = memoryStore()
    const tokens = { accessToken: 'old-at', refreshToken: 'old-rt' }
    const params = { instanceUrl: salesforce.params.instanceUrl.example }
    const before = Date.now()
    const report = await move(
      rowsOf(
        { source: '1', provider: 'hubspot', tenantId: 'unnoted', tokens },
        { source: '2', provider: 'hubspot', tenantId: 'endless', tokens, isEndless: true },
        { source: '3', provider: 'salesforce', tenantId: 'unnoted', tokens, params },
        { source: '4', provider: 'clickup', tenantId: 'unnoted', tokens },
      ),
      { store, clients, dryRun: false },
    )
    expect(report).toMatchObject({ imported: 4, leftBehind: [] })
    const end = (await tokensIn(store, 'hubspot', 'unnoted'))?.expiresAt?.getTime() ?? 0
    expect(end).toBeGreaterThanOrEqual(before)
    expect(end).toBeLessThanOrEqual(Date.now())
    expect(await tokensIn(store, 'hubspot', 'endless')).not.toHaveProperty('expiresAt')
    expect(await tokensIn(store, 'salesforce', 'unnoted')).not.toHaveProperty('expiresAt')
    // ClickUp has no refresh: whatever stood in that column is no use.
    expect(await tokensIn(store, 'clickup', 'unnoted')).not.toHaveProperty('refreshToken')
  })

  it('ends with a store that fails, and goes on when it is run again', async () => {
    const store = memoryStore()
    let saves = 0
    const failing: TokenStore = {
      ...store,
      save: async (...given) => {
        saves += 1
        if (saves === 2) throw new Error('the disk is full')
        return store.save(...given)
      },
    }
    const rows = () =>
      rowsOf(
        ...['t1', 't2', 't3'].map((tenantId) => ({
          source: tenantId,
          provider: 'slack',
          tenantId,
          tokens: { accessToken: `xoxb-${tenantId}` },
        })),
      )
    await expect(move(rows(), { store: failing, clients, dryRun: false })).rejects.toMatchObject({
      code: 'store_failed',
    })
    expect(await move(rows(), { store: failing, clients, dryRun: false })).toMatchObject({
      imported: 2,
      alreadyThere: 1,
    })
  })
})

describe('what an account of a sign-in library reaches', () => {
  const google = 'https://www.googleapis.com/auth/'
  it.each<[string, readonly string[], readonly string[]]>([
    ['google', ['openid', `${google}userinfo.email`], []],
    ['google', [`${google}calendar`, `${google}drive.file`], ['google-calendar', 'google-drive']],
    ['google', ['https://mail.google.com/', `${google}chat.messages`], ['gmail', 'google-chat']],
    ['google', [`${google}calendarfake`], []],
    ['azure-ad', ['Files.Read', 'Chat.Read'], ['onedrive', 'teams']],
    ['microsoft', ['https://graph.microsoft.com/Mail.Read'], ['outlook']],
    ['slack', ['openid', 'email'], []],
    ['notion', [], ['notion']],
    ['atlassian', ['read:jira-work'], ['jira']],
    ['myspace', ['read'], []],
    ['constructor', ['read'], []],
  ])('%s with %j', (provider, scopes, integrations) => {
    expect(integrationsOf(provider, scopes)).toEqual(integrations)
  })
})
