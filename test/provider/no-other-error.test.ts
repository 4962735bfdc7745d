import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createOAuthClient, defineProvider, isOAuthError, memoryStore } from '../../src/index.ts'
import type { ProviderDefinition } from '../../src/provider/definition.ts'
import { acmeAt } from '../support/acme.ts'
import { answers, type Fixture, plain, query, strings } from '../support/strange-answers.ts'
import { strangeDefinition } from '../support/strange-definitions.ts'

const now = Date.UTC(2026, 10, 21, 12)
const clientSecret = 'client-secret'

/** The first unforeseen error of a whole life of a connection. */
async function firstOther(
  definition: ProviderDefinition,
  answered: readonly (Fixture | 'reset')[],
  given: Readonly<Record<string, string>>,
  returned: Readonly<Record<string, string>>,
): Promise<unknown> {
  let clock = now
  let sent = 0
  const others: unknown[] = []
  const attempt = async <T>(run: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await run()
    } catch (error) {
      if (!isOAuthError(error)) others.push(error)
      return undefined
    }
  }
  const fetch: typeof globalThis.fetch = async (_input, init) => {
    // What a real fetch would refuse to send, it refuses here too.
    new Request('https://a.example/', { ...init, signal: null })
    const next = answered[sent++ % Math.max(1, answered.length)] ?? plain
    if (next === 'reset') throw new TypeError('fetch failed')
    const isText = typeof next.body === 'string'
    const empty = next.status === 204
    return new Response(empty ? null : isText ? String(next.body) : JSON.stringify(next.body), next)
  }
  const known = definition.params ?? {}
  const fixed = Object.fromEntries(
    Object.entries(known).flatMap(([name, param]) => (param.trusted ? [[name, param.example]] : [])),
  )
  const asked = Object.fromEntries(
    Object.entries(known).flatMap(([name, param]) =>
      !param.trusted && [param.from ?? 'user'].flat().includes('user')
        ? [[name, Object.hasOwn(given, name) ? (given[name] ?? '') : param.example]]
        : [],
    ),
  )
  const options = {
    ...{ clientId: 'client-id', clientSecret, redirectUri: 'https://app.example.com/oauth/x/callback' },
    ...{ secret: 'test-secret-of-at-least-32-bytes-long!', store: memoryStore(), clock: () => clock, fetch },
    hooks: {
      onWarning: () => undefined,
      onError: ({ error }: { readonly error: unknown }) => {
        if (!isOAuthError(error)) others.push(error)
      },
    },
    params: fixed,
  }
  const ref = { tenantId: 't1' }
  const client = await attempt(() => createOAuthClient(definition, options))
  if (!client) return others[0]
  if (definition.protocol === 'api-key') {
    const [name = 'apiKey', rule] = Object.entries(definition.credentials)[0] ?? []
    const keyed = await attempt(() => createOAuthClient(definition, options))
    await attempt(() =>
      keyed?.connect({ ...ref, credentials: { [name]: rule?.example ?? '' }, params: asked }),
    )
  } else {
    const begun = await attempt(() => client.authorize({ ...ref, userId: 'u1', params: asked }))
    if (begun) {
      const { url, state, flowId } = begun
      const token = new URL(url).searchParams.get('oauth_token')
      const back = new URLSearchParams({
        ...{ code: 'the-code', oauth_verifier: 'the-verifier', ...returned },
        ...captured(definition, returned),
        ...(token !== null && { oauth_token: token }),
        state: flowId ?? state,
      })
      sign(definition, back)
      await attempt(() => client.callback(back, { state: flowId === undefined ? undefined : state }))
    }
  }
  await attempt(() => client.getConnection(ref))
  await attempt(() => client.getAccessToken(ref))
  await attempt(() => client.choose(ref, asked))
  await attempt(() => client.fetch(ref, '/things?x=y', { method: 'POST', body: '{}' }))
  await attempt(() => client.fetch(ref, given.wildurl0 ?? 'https://a.example/x'))
  await attempt(() => client.fetch({ ...ref, token: 'user' }, '/x'))
  await attempt(() => client.getAccessToken(ref, { token: 'user' }))
  await attempt(async () => {
    for await (const _connection of client.list()) break
  })
  clock += 40 * 86_400_000
  await attempt(() => client.getAccessToken(ref))
  await attempt(() => client.refresh(ref))
  await attempt(() => client.getAccessToken(ref, { rejected: 'at-1' }))
  await attempt(() => client.disconnect(ref))
  await attempt(() => client.close())
  return others[0]
}

function captured({ callback, params = {} }: ProviderDefinition, query: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(callback?.capture ?? {}).map(([name, { parameter }]) => [
      parameter,
      query[name] ?? params[name]?.example ?? 'x',
    ]),
  )
}

/** So that a definition with a signature gets past it. */
function sign({ callback }: ProviderDefinition, query: URLSearchParams): void {
  const rule = callback?.signature
  if (!rule) return
  if (rule.timestamp) query.set(rule.timestamp.parameter, String(now / 1000))
  const left = [rule.parameter, ...(rule.exclude ?? [])]
  const signed = [...query].filter(([name]) => !left.includes(name)).sort(([a], [b]) => (a < b ? -1 : 1))
  const text = new URLSearchParams(signed).toString()
  query.set(rule.parameter, createHmac('sha256', clientSecret).update(text).digest(rule.encoding))
}

const runs = Number(process.env.LATCHKEY_RUNS ?? 250)

describe('a definition that defineProvider accepts', () => {
  it('can make the client throw nothing but an OAuthError', { timeout: 120_000 + runs * 100 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        strangeDefinition,
        answers,
        strings,
        query,
        async (definition, answered, given, returned) => {
          const other = await firstOther(definition, answered, given, returned)
          if (other !== undefined)
            throw new Error(`not an OAuthError: ${other instanceof Error ? other.stack : String(other)}`)
        },
      ),
      { numRuns: runs, ...(process.env.LATCHKEY_SEED && { seed: Number(process.env.LATCHKEY_SEED) }) },
    )
  })

  it.each([
    ['a header', { headers: { 'X-Wild': '{wild}' } }],
    ['a credential', { credential: { header: 'X-Key', value: '{accessToken}{wild}' } }],
  ] as const)('cannot make %s of what no header can hold', async (_name, part) => {
    const acme = acmeAt('https://acme.example')
    const wild = { description: 'w', pattern: '^[^]*$', example: 'x' }
    const definition = defineProvider({ ...acme, params: { wild }, api: { ...acme.api, ...part } } as const)
    for (const value of ['\u0000', '\u20ac', '\ud800'])
      expect(
        await firstOther(definition, [plain], { wild: value }, {}),
        JSON.stringify(value),
      ).toBeUndefined()
  })

  it('cannot make a header of an access token that no header can hold', async () => {
    for (const value of ['\u20ac', '\ud800', 'a b\u2028']) {
      const answer = { ...plain, body: { access_token: value } }
      const other = await firstOther(acmeAt('https://acme.example'), [answer, plain], {}, {})
      expect(other, JSON.stringify(value)).toBeUndefined()
    }
  })

  it('is often another than the built-in it came from, and sometimes gets to the end', async () => {
    const found = fc.sample(strangeDefinition, 60)
    expect(new Set(found.map((each) => JSON.stringify(each))).size).toBeGreaterThan(50)
    expect(new Set(found.map(({ protocol }) => protocol))).toContain('oauth2')
  })
})
