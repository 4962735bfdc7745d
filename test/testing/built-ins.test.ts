import { afterEach, describe, expect, it } from 'vitest'
import { providers } from '../../providers/index.ts'
import type { ProviderDefinition } from '../../src/provider/definition.ts'
import { readText } from '../../src/provider/path.ts'
import { clientId, closeAll, listening } from './plain-client.ts'

afterEach(closeAll)

const builtIns: readonly ProviderDefinition[] = providers

const required = (definition: ProviderDefinition) =>
  Object.fromEntries(
    Object.entries(definition.params ?? {})
      .filter(([, { required, from }]) => required && (from ?? 'user') === 'user')
      .map(([name, { example }]) => [name, example]),
  )

describe.each(builtIns.map((definition) => [definition.id, definition] as const))('%s', (_id, definition) => {
  it('goes from consent to API, refresh and revocation with a client made from the definition alone', async () => {
    const simulator = await listening(definition, {}, required(definition))
    const { client, definition: moved } = simulator
    const fields = definition.tokenResponse?.fields ?? {}
    const access = (body: unknown) => readText(body, fields.accessToken ?? 'access_token') ?? ''
    const refresh = (body: unknown) => readText(body, fields.refreshToken ?? 'refresh_token') ?? ''

    const first = await client.exchange(await simulator.code())
    expect(first).toMatchObject({ status: 200 })
    for (const [name, paths] of Object.entries(definition.tokenResponse?.capture ?? {})) {
      const value = readText(first.body, paths)
      expect(value, name).toMatch(new RegExp(moved.params?.[name]?.pattern ?? '^$'))
      client.learn({ [name]: value ?? '' })
    }
    for (const request of moved.discovery ?? []) {
      const found = await client.get(request.url, access(first.body), init(request))
      expect(found.status).toBe(200)
      for (const [name, paths] of Object.entries(request.capture)) {
        expect(readText(found.json, paths), name).toBe(moved.params?.[name]?.example)
        client.learn({ [name]: readText(found.json, paths) ?? '' })
      }
    }
    const { identity } = moved
    const body = identity.request
      ? await client.get(identity.request.url, access(first.body), init(identity.request))
      : first
    expect(body.status).toBe(200)
    const id =
      typeof identity.id === 'string' && identity.id.includes('{')
        ? client.fill(identity.id)
        : readText(body.json, identity.id)
    expect(id).toMatch(/./)

    const query = new URLSearchParams(
      Object.entries(definition.api.query ?? {}).map(([name, value]): [string, string] => [
        name,
        client.fill(value),
      ]),
    )
    const ask = (token: string) => client.get(`${moved.api.baseUrl}/anything?${query}`, token)
    expect((await ask(access(first.body))).json).toEqual({ ok: true, path: '/anything' })
    if (definition.history) {
      const resource = definition.history.resource.replace(
        '{since}',
        encodeURIComponent(since(definition, simulator.clock())),
      )
      const listed = await client.get(`${moved.api.baseUrl}${resource}&${query}`, access(first.body))
      expect(Object(listed.body.items)).toHaveLength(3)
    }

    let held = first
    if (definition.refresh) {
      held = await client.refresh(refresh(first.body))
      expect(held.status).toBe(200)
      expect((await ask(access(held.body))).status).toBe(200)
      const again = refresh(held.body)
      if (definition.refresh.rotates === true) expect(again).not.toBe(refresh(first.body))
      if (definition.refresh.rotates === false) expect(again).toBe('')
    }
    if (definition.revocation) {
      const wanted =
        definition.revocation.token === 'refresh_token'
          ? refresh(held.body) || refresh(first.body)
          : access(held.body)
      client.learn({ clientId: encodeURIComponent(clientId) })
      expect((await client.revoke(wanted)).status).toBe(200)
      expect((await ask(access(held.body))).status).toBe(401)
    }
    expect(simulator.mock.requests.every(({ url }) => url.startsWith('https://'))).toBe(true)
  })

  it('refuses the client’s secret in the other place', async () => {
    const simulator = await listening(definition, {}, required(definition))
    const code = await simulator.code()
    const style = definition.token.authentication
    const answered = await simulator.client.exchange(
      code,
      style === 'client_secret_basic'
        ? { params: { client_id: clientId, client_secret: 'x' } }
        : { headers: { authorization: 'Basic eDp5' } },
    )
    const reading = definition.tokenResponse?.error
    expect(readText(answered.json, reading?.code ?? 'error')).toBe('invalid_client')
    expect(answered.status).toBe(reading?.status ?? (reading?.when ? 200 : 401))
  })
})

function init(request: { readonly method?: string | undefined; readonly json?: unknown }): RequestInit {
  const body = request.json === undefined ? undefined : JSON.stringify(request.json)
  return { method: request.method ?? (body ? 'POST' : 'GET'), ...(body !== undefined && { body }) }
}

function since(definition: ProviderDefinition, now: number): string {
  const at = new Date(now - 86_400_000)
  if (definition.history?.sinceFormat === 'date') return at.toISOString().slice(0, 10)
  if (definition.history?.sinceFormat === 'unix-ms') return String(at.getTime())
  return definition.history?.sinceFormat === 'unix-seconds' ? String(at.getTime() / 1000) : at.toISOString()
}
