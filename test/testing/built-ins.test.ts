import { afterEach, describe, expect, it } from 'vitest'
import { providers } from '../../providers/index.ts'
import { isOAuthError } from '../../src/errors/oauth-error.ts'
import type { OAuth2Definition, ProviderDefinition } from '../../src/provider/definition.ts'
import { readText } from '../../src/provider/path.ts'
import { historyOf } from '../../src/sync/history/history-of.ts'
import { mockProvider } from '../../src/testing/index.ts'
import { apiCall, connectAs, neededParams, ref, registration } from './library-client.ts'
import { clientId, closeAll, listening } from './plain-client.ts'
import { headed, keyed, linked, signed } from './protocol-definitions.ts'

const day = 86_400_000
const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
  await closeAll()
})

/** Every built-in, and the small definitions of the protocols and of what no built-in needs. */
const builtIns: readonly ProviderDefinition[] = [...providers, keyed, signed, headed, linked]

async function connected(definition: ProviderDefinition) {
  const mock = mockProvider<ProviderDefinition>(definition, registration)
  const server = await mock.listen()
  closing.push(() => server.close())
  const errors: unknown[] = []
  const hooks = { onError: (event: unknown) => errors.push(event), onWarning() {} }
  const made = await connectAs(server.definition, mock, { hooks })
  closing.push(() => made.client.close())
  return { ...made, mock, moved: server.definition, errors }
}

describe.each(builtIns.map((definition) => [definition.id, definition] as const))('%s', (_id, definition) => {
  it('connects over real HTTP, learns what there is to learn, and calls the API', async () => {
    const { client, connection, mock, moved, errors } = await connected(definition)
    expect(errors).toEqual([])
    expect(connection.account?.id).toMatch(/./)
    const captures = [
      moved.tokenResponse?.capture,
      ...(moved.discovery ?? []).map(({ capture }) => capture),
      moved.protocol === 'oauth2' ? moved.callback?.capture : {},
    ]
    for (const name of captures.flatMap((each) => Object.keys(each ?? {})))
      expect(connection.params[name], name).toBe(moved.params?.[name]?.example)
    for (const { choose } of moved.discovery ?? []) {
      if (!choose) continue
      expect(connection.choices?.[choose.param]).toHaveLength(1)
      expect(connection.params[choose.param]).toBe(moved.params?.[choose.param]?.example)
    }
    const asked = mock.requests.map(({ endpoint }) => endpoint)
    if (definition.discovery) expect(asked).toContain('discovery')
    if (definition.longLived) expect(asked).toContain('long-lived')
    // A discovery can ask the same address.
    if (definition.identity.request) expect(asked.some((each) => /identity|discovery/.test(each))).toBe(true)
    const response = await client.fetch(ref, '/anything', apiCall(moved))
    expect(await response.json()).toMatchObject({ ok: true, path: '/anything' })
    if (moved.history) {
      const to = new Date()
      const window = { from: new Date(to.getTime() - 89 * day), to }
      const fetch = (input: string | URL, init?: RequestInit) => client.fetch(ref, input, init)
      let items = 0
      for await (const page of historyOf(moved).pages(window, { connection, fetch })) {
        items += page.items.length
        if (items > 0) break
      }
      expect(items).toBeGreaterThan(0)
    }
    const wrong = mock.requests.filter(({ status }) => status !== 200)
    expect(wrong.map(({ endpoint, url }) => [endpoint, url])).toEqual([])
    expect(mock.requests.every(({ url }) => url.startsWith('https://'))).toBe(true)
  })

  it('refreshes, outlives an expired token, and disconnects', async () => {
    const { client, mock, moved } = await connected(definition)
    const first = await client.getAccessToken(ref)
    const call = () => client.fetch(ref, '/anything', apiCall(moved))
    if (definition.refresh) {
      await client.refresh(ref)
      expect(await client.getAccessToken(ref)).not.toBe(first)
      mock.expireAccessTokens()
      expect(await (await call()).json()).toMatchObject({ ok: true })
      await client.refresh(ref)
    }
    expect(await client.disconnect(ref)).toMatchObject({ revoked: definition.revocation !== undefined })
    if (definition.revocation?.lookup)
      expect(mock.requests.map(({ endpoint }) => endpoint)).toContain('lookup')
    const refused = mock.requests.filter(({ status }) => status !== 200).map(({ endpoint }) => endpoint)
    // The one refusal is that of the expired token, where it is not under HTTP 200.
    const usual = definition.refresh && definition.api.expired?.[0]?.status !== 200
    expect(refused).toEqual(usual ? ['api'] : [])
  })

  if (definition.protocol !== 'api-key') {
    it('says that the user refused', async () => {
      const { reconnect } = await connected(definition)
      const refusal = await reconnect?.('deny').catch((error: unknown) => error)
      expect(isOAuthError(refusal) && refusal.code).toBe('authorization_denied')
    })

    it('works again once its user was on the provider’s page', async () => {
      const { client, connection, mock, moved, reconnect } = await connected(definition)
      mock.requireReconnect()
      const call = () => client.fetch(ref, '/anything', apiCall(moved))
      const refused = await call().then(
        (response) => response.text(),
        (error: unknown) => String(error),
      )
      expect(refused).not.toContain('"ok":true')
      const mended = await reconnect?.()
      expect(mended).toMatchObject({ status: 'active', account: connection.account })
      expect(await (await call()).json()).toMatchObject({ ok: true })
    })
  }

  it('knows a grant that is over', async () => {
    const { client, mock, moved } = await connected(definition)
    mock.revokeGrants()
    if (definition.refresh) {
      const refusal = await client.refresh(ref).catch((error: unknown) => error)
      expect(isOAuthError(refusal) && refusal.code).toBe('reconnect_required')
      return
    }
    const response = await client.fetch(ref, '/anything', apiCall(moved))
    if (definition.api.ended)
      expect((await client.getConnection(ref))?.status, String(response.status)).toBe('reconnect_required')
    else expect(response.status).toBe(401)
  })

  if (definition.protocol === 'oauth2')
    it('refuses the client’s secret in the other place', async () => {
      const simulator = await listening(definition, {}, neededParams(definition))
      const style = definition.token.authentication
      const answered = await simulator.client.exchange(
        await simulator.code(),
        style === 'client_secret_basic'
          ? { params: { client_id: clientId, client_secret: 'x' } }
          : { headers: { authorization: 'Basic eDp5' } },
      )
      expect(readText(answered.json, errorPath(definition))).toBe('invalid_client')
      const reading = definition.tokenResponse?.error
      expect(answered.status).toBe(reading?.status ?? (reading?.when ? 200 : 401))
    })
})

function errorPath({ tokenResponse }: OAuth2Definition): string | readonly string[] {
  return tokenResponse?.error?.code ?? 'error'
}
