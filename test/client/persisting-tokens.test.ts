import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { memoryStore } from '../../src/stores/memory-store.ts'
import type { TokenStore } from '../../src/types.ts'
import { type Acme, failure, startAcme } from '../support/connected.ts'

let acme: Acme
beforeEach(async () => {
  acme = await startAcme()
})
afterEach(() => acme.close())

describe('tokens that the store would not take', () => {
  it('are served from this process, saved later, and never lost', async () => {
    const inner = memoryStore()
    let down = false
    const store: TokenStore = {
      ...inner,
      async save(record, options) {
        if (down) throw new Error('connection refused')
        return inner.save(record, options)
      },
    }
    const errors: string[] = []
    const { client } = await acme.connected({
      store,
      hooks: { onError: ({ error }) => errors.push(error.code) },
    })
    acme.endpoints['/token'] = acme.rotating
    acme.pass(3_600_000)
    down = true
    expect(await client.getAccessToken(acme.ref)).toBe('at-2')
    expect(await client.getAccessToken(acme.ref)).toBe('at-2')
    expect(acme.sentRefreshTokens()).toEqual(['rt-1'])
    expect(errors).toContain('store_failed')
    down = false
    await client.close()
    expect(await acme.client({ store: inner }).getTokens(acme.ref)).toMatchObject({
      accessToken: 'at-2',
      refreshToken: 'rt-2',
    })
  })
})

describe('a record that changes during a refresh', () => {
  it('does not cost the rotated token when the change was about something else', async () => {
    const { client } = await acme.connected()
    const key = { provider: 'acme', tenantId: 't1', connectionId: 'default' }
    acme.endpoints['/token'] = async () => {
      const record = await acme.store.load(key)
      if (!record) throw new Error('not stored')
      await acme.store.save({ ...record, version: record.version + 1 }, { expectedVersion: record.version })
      return acme.rotating()
    }
    acme.pass(3_600_000)
    expect(await client.getAccessToken(acme.ref)).toBe('at-2')
    expect(await client.getTokens(acme.ref)).toMatchObject({ accessToken: 'at-2', refreshToken: 'rt-2' })
    expect((await client.getConnection(acme.ref))?.version).toBe(3)
  })

  it('saves a second refresh over an unsaved first one', async () => {
    const inner = memoryStore()
    let down = false
    const store: TokenStore = {
      ...inner,
      save: (record, options) => (down ? Promise.reject(new Error('down')) : inner.save(record, options)),
    }
    const { client } = await acme.connected({ store })
    acme.endpoints['/token'] = acme.rotating
    down = true
    await client.refresh(acme.ref)
    down = false
    await client.refresh(acme.ref)
    expect(acme.sentRefreshTokens()).toEqual(['rt-1', 'rt-2'])
    expect(await acme.client({ store: inner }).getTokens(acme.ref)).toMatchObject({ refreshToken: 'rt-3' })
    await client.close()
  })
})

describe('keys', () => {
  it('reads what an older secret sealed, seals with the newer, and names the key when it has neither', async () => {
    const [older, newer] = ['o'.repeat(32), 'n'.repeat(32)]
    await acme.connected({ secret: older })
    const both = acme.client({ secret: [newer, older] })
    expect(await both.getAccessToken(acme.ref)).toBe('at-1')
    const unreadable = await failure(acme.client({ secret: newer }).getAccessToken(acme.ref))
    expect(unreadable.code).toBe('record_unreadable')
    expect(unreadable.message).toMatch(/key id "[\w-]{8}"/)
    acme.endpoints['/token'] = acme.rotating
    await both.refresh(acme.ref)
    expect(await acme.client({ secret: newer }).getAccessToken(acme.ref)).toBe('at-2')
    expect((await failure(acme.client({ secret: older }).getAccessToken(acme.ref))).code).toBe(
      'record_unreadable',
    )
  })

  it('does not open a record that was copied to another tenant', async () => {
    const { client } = await acme.connected()
    const record = await acme.store.load({ provider: 'acme', tenantId: 't1', connectionId: 'default' })
    if (!record) throw new Error('not stored')
    await acme.store.save({ ...record, tenantId: 't2' }, { expectedVersion: null })
    expect((await failure(client.getAccessToken({ tenantId: 't2' }))).code).toBe('record_unreadable')
  })
})
