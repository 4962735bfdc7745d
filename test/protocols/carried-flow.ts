import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { AuthorizeResult } from '../../src/client-types.ts'
import type { OAuthError } from '../../src/errors/oauth-error.ts'
import type { ProviderDefinition } from '../../src/provider/definition.ts'
import { memoryStore } from '../../src/stores/memory-store.ts'
import type { OAuthClientOptions, StoredConnection, TokenStore } from '../../src/types.ts'
import { openClient, ref, type Stage } from '../providers/flow-stage.ts'
import { failure } from '../support/connected.ts'

/** What a walk needs besides the definition, and what must never be seen on the way. */
export interface CarriedFlow {
  readonly definition: ProviderDefinition
  readonly redirectUri: string
  readonly params?: Readonly<Record<string, string>>
  /** What the provider adds to the callback. */
  readonly returned: Readonly<Record<string, string>>
  /** The temporary secret, the link token: sealed into the state. */
  readonly hidden: readonly string[]
  /** Makes each documented endpoint answer well. */
  prepare(stage: Stage): void
}

/** A client of a protocol whose state stays with the browser, and the ways on from there. */
export function walkWith(stage: Stage, flow: CarriedFlow, options: OAuthClientOptions = {}) {
  const store = options.store ?? memoryStore()
  const { params } = flow
  const redirectUri = options.redirectUri ?? flow.redirectUri
  const opened = openClient(flow.definition, { ...(params && { params }), ...options, redirectUri, store })
  const { client } = opened
  flow.prepare(stage)
  const authorize = (more: { readonly binding?: string } = {}) =>
    client.authorize({ ...ref, userId: 'u1', redirectPath: '/integrations', ...more })

  /** The callback URL as the provider redirects to it. */
  function returnTo({ flowId = '' }: AuthorizeResult, returned = flow.returned): URL {
    const url = new URL(redirectUri)
    for (const [name, value] of Object.entries({ state: flowId, ...returned }))
      url.searchParams.set(name, value)
    return url
  }

  return {
    ...opened,
    store,
    authorize,
    returnTo,
    /** Through the provider's page to a stored connection. */
    async connect() {
      const begun = await authorize()
      const result = await client.callback(returnTo(begun), { state: begun.state })
      return { ...result, begun }
    },
    /** The same; what was sent so far is forgotten. */
    async connected() {
      const result = await this.connect()
      stage.sent.length = 0
      return result
    },
  }
}

export async function recordsIn(store: OAuthClientOptions['store']): Promise<StoredConnection[]> {
  const found: StoredConnection[] = []
  for await (const record of asTokenStore(store).list({})) found.push(record)
  return found
}

function asTokenStore(store: OAuthClientOptions['store']): TokenStore {
  if (!store || !('save' in store)) throw new Error('a store of these tests')
  return store
}

/** Nothing of an error holds any of these: message, stack, causes, hidden members. */
export function expectSilence(error: OAuthError, secrets: readonly string[]): void {
  const everything = inspect(error, { depth: 10, showHidden: true })
  for (const secret of secrets) {
    expect(everything).not.toContain(secret)
    expect(everything).not.toContain(Buffer.from(secret).toString('base64').replace(/=+$/, ''))
  }
}

/** What holds for every protocol whose state stays with the browser (DESIGN §3, callback 1 to 4). */
export function checkCarriedState(stage: Stage, flow: CarriedFlow): void {
  const begin = (options: OAuthClientOptions = {}) => walkWith(stage, flow, options)

  describe('the state that stays with the browser', () => {
    it('is all there is before the callback: nothing is stored', async () => {
      const { authorize, store, reported, jobs } = begin()
      const { flowId, expiresAt } = await authorize()
      expect(await recordsIn(store)).toEqual([])
      expect({ reported, jobs }).toEqual({ reported: [], jobs: [] })
      expect(flowId).toMatch(/^[\w-]{22}$/)
      expect(expiresAt).toEqual(new Date('2026-11-21T12:10:00.000Z'))
    })

    it('shows nobody what is sealed in it, nor does any URL', async () => {
      const { authorize, returnTo } = begin()
      const begun = await authorize()
      const opaque = begun.state.split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1'))
      const visible = [begun.url, begun.state, begun.flowId, returnTo(begun).href, ...opaque].join('\n')
      expect([...flow.hidden, 'client-secret'].filter((secret) => visible.includes(secret))).toEqual([])
    })

    it('finishes on any server of the application', async () => {
      const { authorize, returnTo, store } = begin()
      const begun = await authorize()
      const { client } = begin({ store })
      const { connection } = await client.callback(returnTo(begun), { state: begun.state })
      expect(connection).toMatchObject({ tenantId: 't1', status: 'active', version: 1 })
    })

    it('may come whole on the callback, where the application has put it there', async () => {
      const { authorize, client, returnTo } = begin()
      const begun = await authorize()
      const url = returnTo(begun)
      url.searchParams.set('state', begun.state)
      expect((await client.callback(url)).connection).toMatchObject({ tenantId: 't1', status: 'active' })
      expect((await failure(client.callback(url))).code).toBe('state_replayed')
    })

    it('is used once', async () => {
      const { client, connect, returnTo } = begin()
      const { begun, connection } = await connect()
      stage.sent.length = 0
      const error = await failure(client.callback(returnTo(begun), { state: begun.state }))
      expect(error).toMatchObject({ code: 'state_replayed', redirectPath: '/integrations' })
      expect(stage.sent).toEqual([])
      expect(await client.getConnection(ref)).toEqual(connection)
    })

    it('is used once also when two callbacks come at the same time', async () => {
      const { authorize, client, returnTo, store } = begin()
      const begun = await authorize()
      const other = begin({ store })
      const outcomes = await Promise.allSettled(
        [client, other.client].map((each) => each.callback(returnTo(begun), { state: begun.state })),
      )
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
      expect(await recordsIn(store)).toHaveLength(1)
    })

    const altered = (text: string) => `${text.slice(0, -4)}${text.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`
    const minute = 60_000
    it.each([
      ['another state', 'state_invalid', ({ state }: AuthorizeResult) => ({ state: altered(state) })],
      ['an empty one', 'state_missing', () => ({ state: '' })],
      ['none', 'state_missing', () => ({})],
      [
        'that of a session of somebody else',
        'state_mismatch',
        ({ state }: AuthorizeResult) => ({ state, expect: { tenantId: 't2' } }),
      ],
      [
        'that of another user',
        'state_mismatch',
        ({ state }: AuthorizeResult) => ({ state, expect: { tenantId: 't1', userId: 'u2' } }),
      ],
      [
        'one that no browser was bound to',
        'state_mismatch',
        ({ state }: AuthorizeResult) => ({ state, binding: 'b' }),
      ],
    ] as const)('with %s: %s, before any request', async (_what, code, present) => {
      const { authorize, client, returnTo, store } = begin()
      const begun = await authorize()
      stage.sent.length = 0
      const error = await failure(client.callback(returnTo(begun), present(begun)))
      expect(error.code).toBe(code)
      expectSilence(error, flow.hidden)
      expect(stage.sent).toEqual([])
      expect(await recordsIn(store)).toEqual([])
    })

    it('with the binding of another browser, or none: state_mismatch, before any request', async () => {
      const { authorize, client, returnTo } = begin()
      const begun = await authorize({ binding: 'browser-1' })
      stage.sent.length = 0
      for (const binding of ['browser-2', undefined]) {
        const error = await failure(client.callback(returnTo(begun), { state: begun.state, binding }))
        expect(error).toMatchObject({ code: 'state_mismatch', redirectPath: '/integrations' })
      }
      expect(stage.sent).toEqual([])
      const { connection } = await client.callback(returnTo(begun), {
        state: begun.state,
        binding: 'browser-1',
      })
      expect(connection.status).toBe('active')
    })

    it('with the callback of another flow: state_mismatch, before any request', async () => {
      const { authorize, client, returnTo } = begin()
      const [first, second] = [await authorize(), await authorize()]
      stage.sent.length = 0
      const error = await failure(client.callback(returnTo(first), { state: second.state }))
      expect(error).toMatchObject({ code: 'state_mismatch', redirectPath: '/integrations' })
      expect(stage.sent).toEqual([])
    })

    it('with a callback that has two of them: callback_invalid, before any request', async () => {
      const { authorize, client, returnTo } = begin()
      const begun = await authorize()
      stage.sent.length = 0
      const url = returnTo(begun)
      url.searchParams.append('state', begun.flowId ?? '')
      expect((await failure(client.callback(url, { state: begun.state }))).code).toBe('callback_invalid')
      expect(stage.sent).toEqual([])
    })

    it('of another client, of another application or too old: refused, before any request', async () => {
      const { authorize, client, returnTo, setTime } = begin()
      const begun = await authorize()
      stage.sent.length = 0
      const redirectUri = 'https://other.example.com/cb'
      const others = [begin({ redirectUri }), begin({ secret: 'another secret of another application' })]
      for (const { client: other } of others)
        expect((await failure(other.callback(returnTo(begun), { state: begun.state }))).code).toBe(
          'state_invalid',
        )
      setTime(Date.parse('2026-11-21T12:00:00.000Z') + 11 * minute)
      expect((await failure(client.callback(returnTo(begun), { state: begun.state }))).code).toBe(
        'state_expired',
      )
      expect(stage.sent).toEqual([])
    })
  })
}
