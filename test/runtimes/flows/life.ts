import assert from 'node:assert/strict'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { type Connection, memoryStore, type TokenStore } from 'latchkey'
import { createBrowser } from '../../../examples/demo/browser.ts'
import { clientOf, rejectsWith, type World } from './world.ts'

/** gitlab: PKCE, tokens of two hours, a refresh token that changes with each refresh, revocation. */
const id = 'gitlab'
const hours = 3_600_000
const callers = 50

/** The whole life of a connection, kept in `store`. */
export async function life(world: World, store: TokenStore = memoryStore()): Promise<string> {
  const { control } = world
  let ahead = 0
  const client = clientOf(world, id, { store, clock: () => Date.now() + ahead })
  const ref = { tenantId: `life of ${crypto.randomUUID()}` }
  const before = (await control.requests(id)).length
  const refreshes: unknown[] = []
  const hear = (message: unknown) => refreshes.push(message)
  subscribe('latchkey:refresh', hear)
  try {
    const { url } = await client.authorize({ ...ref, redirectPath: '/settings', binding: 'browser' })
    assert.match(url, /[?&]code_challenge_method=S256\b/)
    const callback = await createBrowser().decide(url, 'approve')
    const done = await client.callback(callback, { binding: 'browser' })
    assert.deepEqual([done.connection.status, done.redirectPath], ['active', '/settings'])
    await rejectsWith('state_replayed', client.callback(callback, { binding: 'browser' }))

    const first = await client.getAccessToken(ref)
    assert.equal(await client.getAccessToken(ref), first)
    ahead = 3 * hours
    const tokens = await Promise.all(Array.from({ length: callers }, () => client.getAccessToken(ref)))
    assert.equal(new Set(tokens).size, 1, 'all callers get one token')
    assert.notEqual(tokens[0], first)
    const seen = (await control.requests(id)).slice(before)
    assert.equal(seen.filter(({ endpoint }) => endpoint === 'refresh').length, 1, 'refreshes')
    assert.equal(refreshes.length, 1, 'messages on latchkey:refresh')

    // The provider has ended it before its time: 401, refresh, once more.
    await control.expire(id)
    const issues = await client.fetch(ref, '/issues?scope=all')
    assert.equal(issues.status, 200)
    assert.ok(Array.isArray(await issues.json()))
    assert.equal(refreshes.length, 2)

    const listed: Connection[] = []
    for await (const each of client.list(ref)) listed.push(each)
    assert.deepEqual(
      listed.map(({ provider, tenantId, status }) => [provider, tenantId, status]),
      [[id, ref.tenantId, 'active']],
    )
    assert.deepEqual(await client.disconnect(ref), { revoked: true })
    assert.equal(await client.getConnection(ref), undefined)
    await rejectsWith('connection_not_found', client.getAccessToken(ref))
    return `${callers} callers, 1 refresh`
  } finally {
    unsubscribe('latchkey:refresh', hear)
    await client.close()
  }
}
