import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createKeyring } from '../../src/state/keyring.ts'
import type { TokenStore } from '../../src/types.ts'
import { type Acme, failure, json, startAcme } from '../support/connected.ts'

const [older, newer] = ['o'.repeat(32), 'n'.repeat(32)]
const newestId = createKeyring(newer).currentKeyId
const olderId = createKeyring(older).currentKeyId

let acme: Acme
beforeEach(async () => {
  acme = await startAcme()
})
afterEach(() => acme.close())

const keyOf = (tenantId: string) => ({ provider: 'acme', tenantId, connectionId: 'default' })

async function connectMany(secret: string, tenants: readonly string[]) {
  const client = acme.client({ secret })
  for (const tenantId of tenants) {
    const { state } = await client.authorize({ tenantId })
    await client.callback(`?code=c&state=${state}`)
  }
}

async function sealedBy(tenantId: string): Promise<string | undefined> {
  return (await acme.store.load(keyOf(tenantId)))?.sealed.split('.')[0]
}

describe('reseal', () => {
  it('seals everything anew, so that the old secret can retire', async () => {
    await connectMany(older, ['a', 'b', 'c'])
    await connectMany(newer, ['d'])
    const before = await acme.store.load(keyOf('a'))
    const client = acme.client({ secret: [newer, older] })
    expect(await client.reseal()).toEqual({ resealed: 3, unchanged: 1, failed: 0 })
    const retired = acme.client({ secret: newer })
    for (const tenantId of ['a', 'b', 'c', 'd'])
      expect(await retired.getAccessToken({ tenantId })).toBe('at-1')
    const after = await acme.store.load(keyOf('a'))
    expect(after).toEqual({ ...before, sealed: after?.sealed, version: 2 })
    expect(await client.reseal()).toEqual({ resealed: 0, unchanged: 4, failed: 0 })
  })

  it('can be cut off and run again', async () => {
    await connectMany(older, ['a', 'b', 'c', 'd'])
    const client = acme.client({ secret: [newer, older] })
    const stop = new AbortController()
    const seen: number[] = []
    const first = await client.reseal({
      concurrency: 1,
      signal: stop.signal,
      onProgress: ({ resealed }) => {
        seen.push(resealed)
        if (resealed === 2) stop.abort()
      },
    })
    expect(first).toEqual({ resealed: 2, unchanged: 0, failed: 0 })
    expect(seen).toEqual([1, 2])
    expect(await client.reseal()).toEqual({ resealed: 2, unchanged: 2, failed: 0 })
  })

  it('leaves alone what no secret opens, names its key and goes on', async () => {
    await connectMany('lost'.repeat(8), ['a'])
    await connectMany(older, ['b'])
    const lostId = await sealedBy('a')
    const errors: string[] = []
    const client = acme.client({
      secret: [newer, older],
      hooks: { onError: ({ error, connection }) => errors.push(`${connection?.tenantId} ${error.message}`) },
    })
    const before = await acme.store.load(keyOf('a'))
    expect(await client.reseal()).toEqual({ resealed: 1, unchanged: 0, failed: 1 })
    expect(errors).toEqual([expect.stringContaining(`(key id "${lostId}")`)])
    expect(errors[0]).toMatch(/^a Acme OAuth failed: record_unreadable/)
    expect(await acme.store.load(keyOf('a'))).toEqual(before)
    expect(
      (
        await failure(
          client.disconnect({ tenantId: 'nobody' }).then(() => client.getTokens({ tenantId: 'a' })),
        )
      ).code,
    ).toBe('record_unreadable')
  })

  it.each([0, -1, Number.NaN, Infinity])('refuses %d connections at a time', async (concurrency) => {
    expect((await failure(acme.client().reseal({ concurrency }))).code).toBe('params_invalid')
  })

  it('does not undo a refresh that comes between', async () => {
    await connectMany(older, ['a'])
    acme.endpoints['/token'] = acme.rotating
    let raced = false
    const store: TokenStore = {
      ...acme.store,
      async save(record, options) {
        if (!raced) {
          raced = true
          await acme.client({ secret: [newer, older] }).refresh({ tenantId: 'a' })
        }
        return acme.store.save(record, options)
      },
    }
    const client = acme.client({ store, secret: [newer, older] })
    expect(await client.reseal()).toEqual({ resealed: 0, unchanged: 1, failed: 0 })
    expect((await acme.client({ secret: newer }).getTokens({ tenantId: 'a' })).refreshToken).toBe('rt-2')
  })
})

describe('any write seals by the newest secret', () => {
  it('also one that marks a connection', async () => {
    await connectMany(older, ['a'])
    acme.endpoints['/token'] = () => json({ error: 'invalid_grant' }, 400)
    const client = acme.client({ secret: [newer, older] })
    expect(await sealedBy('a')).toBe(olderId)
    await failure(client.refresh({ tenantId: 'a' }))
    expect(await sealedBy('a')).toBe(newestId)
    expect((await client.getTokens({ tenantId: 'a' })).refreshToken).toBe('rt-1')
  })
})
