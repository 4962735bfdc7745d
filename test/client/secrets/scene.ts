import { afterAll, beforeAll } from 'vitest'
import { createOAuthClient } from '../../../src/create-client.ts'
import { isOAuthError } from '../../../src/errors/oauth-error.ts'
import { memoryStore } from '../../../src/stores/memory-store.ts'
import type { Hooks, OAuthClientOptions } from '../../../src/types.ts'
import {
  type Answer,
  type Arrived,
  type ProviderServer,
  startProviderServer,
} from '../../support/provider-server.ts'
import { createLeakSearch, type Secrets } from './leak-search.ts'
import { overhear } from './overheard.ts'
import { definitionAt, good, known, type Place, placeOf, type Style } from './provider.ts'

export const ref = { tenantId: 'tenant-1' }
const began = Date.UTC(2026, 10, 21)
const hour = 3_600_000

type Misbehave = (arrived: Arrived, secrets: Secrets) => Answer | 'reset' | 'hang'

interface Scene extends Style {
  readonly at?: Place
  readonly misbehave?: Misbehave
  readonly options?: Partial<OAuthClientOptions>
}

/** A provider for the tests of the file that calls this, what the process says meanwhile, and scenes at it. */
export function stage() {
  let server: ProviderServer
  beforeAll(async () => {
    server = await startProviderServer(() => ({}))
  })
  afterAll(() => server.close())

  const overheard = overhear()

  /** One client at the provider that goes wrong at one place; what it says anywhere is collected. */
  function scene({ at, misbehave, options = {}, ...style }: Scene) {
    const secrets: Record<string, string> = { ...known }
    server.respond((arrived) => {
      const place = placeOf(arrived)
      const verifier =
        new URLSearchParams(arrived.body).get('code_verifier') ??
        /"code_verifier":"([^"]+)"/.exec(arrived.body)?.[1]
      if (verifier) secrets.verifier = verifier
      const isHere = place === (at === 'required discovery' ? 'discovery' : at)
      if (isHere && misbehave) return misbehave(arrived, secrets)
      return { body: JSON.stringify(good[place === 'required discovery' ? 'discovery' : place]) }
    })
    const said: { where: string; value: unknown }[] = []
    const tell = (where: string) => (value: unknown) => void said.push({ where, value })
    const hooks: Hooks = {
      beforeConnect: tell('beforeConnect'),
      onConnected: tell('onConnected'),
      onRefreshed: tell('onRefreshed'),
      onReconnectRequired: tell('onReconnectRequired'),
      onDisconnected: tell('onDisconnected'),
      onError: tell('onError'),
      ...options.hooks,
    }
    const time = { ahead: 0 }
    const store = options.store ?? memoryStore()
    const client = createOAuthClient(
      definitionAt(server.origin, { ...style, required: at === 'required discovery' }),
      {
        clientId: 'client-1',
        clientSecret: known.clientSecret,
        redirectUri: 'https://app.example.com/oauth/acme/callback',
        secret: known.sealingSecret,
        clock: () => began + time.ahead,
        // What hangs is judged by this; everything else answers at once.
        timeout: 5_000,
        ...options,
        store,
        hooks,
      },
    )
    const note = async (where: string, run: () => Promise<unknown>) => {
      try {
        const value = await run()
        if (!(value instanceof Response)) said.push({ where: `result of ${where}`, value })
      } catch (error) {
        said.push({ where: `error of ${where}`, value: error })
        if (!isOAuthError(error)) said.push({ where, value: { 'not an OAuthError': error } })
      }
    }
    return {
      client,
      store,
      time,
      said,
      secrets,
      note,
      /** The whole life of a connection; steps after a failure fail in their own way, which is searched too. */
      async live() {
        let url: URL | undefined
        await note('authorize', async () => {
          const { url: text, state } = await client.authorize({
            ...ref,
            redirectPath: '/back',
            binding: 'browser',
          })
          url = new URL('https://app.example.com/oauth/acme/callback')
          url.searchParams.set('code', known.code)
          url.searchParams.set('state', state)
          return text
        })
        await note('callback', () => client.callback(url ?? '', { binding: 'browser' }))
        await note('callback again', () => client.callback(url ?? '', { binding: 'browser' }))
        await note('fetch', () => client.fetch(ref, '/things'))
        await note('refresh', () => client.refresh(ref))
        time.ahead = 3 * hour
        await note('expired token', async () => void (await client.getAccessToken(ref)))
        time.ahead = 6 * hour
        await note('sweep', () => client.refreshExpiring({ onProgress: tell('onProgress') }))
        await note('reseal', () => client.reseal({ onProgress: tell('onProgress of reseal') }))
        await note('connection', () => client.getConnection(ref))
        await note('disconnect', () => client.disconnect(ref))
        await note('close', () => client.close())
        // Warnings come a tick later.
        await new Promise((resolve) => setImmediate(resolve))
      },
      /** In words, each secret once for each thing that was said. */
      leaks(): string[] {
        const search = createLeakSearch(secrets)
        const found = [...said, ...overheard].flatMap(({ where, value }) =>
          search.inValue(where, value).map((leak) => `${where}: ${leak.secret} (${leak.form})`),
        )
        return [...new Set(found)]
      },
    }
  }

  return { scene, origin: () => server.origin }
}

/** The errors that arose, to show that a fault did what it was to do. */
export function codesOf(said: readonly { readonly value: unknown }[]): string[] {
  const errorsIn = (value: unknown): unknown[] =>
    typeof value === 'object' && value !== null && 'error' in value && !isOAuthError(value)
      ? [value.error]
      : [value]
  return said
    .flatMap(({ value }) => errorsIn(value))
    .flatMap((value) => (isOAuthError(value) ? [value.code] : []))
}
