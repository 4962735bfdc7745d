import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { createOAuthClient } from '../../../src/create-client.ts'
import type { ProviderDefinition } from '../../../src/provider/definition.ts'
import { createKeyring } from '../../../src/state/keyring.ts'
import { memoryStore } from '../../../src/stores/memory-store.ts'
import { sealTokens } from '../../../src/tokens/sealed-tokens.ts'

export const day = 86_400_000
export const window = { from: new Date('2026-08-21T00:00:00Z'), to: new Date('2026-11-21T00:00:00Z') }
export const token = 'access-token-0f8fad5b'

const secret = 'a secret of more than thirty-two bytes'
const fixture = z.strictObject({
  source: z.string(),
  note: z.string().optional(),
  status: z.number(),
  headers: z.record(z.string(), z.string()),
  body: z.unknown(),
})

export interface SentRequest {
  readonly method: string
  readonly url: string
  readonly headers: Headers
  readonly json: unknown
}

/** A documented answer of `test/fixtures/<id>/`. */
export function documented(id: string, name: string): Response {
  const path = new URL(`../../fixtures/${id}/${name}.json`, import.meta.url)
  const { status, headers, body } = fixture.parse(JSON.parse(readFileSync(path, 'utf8')))
  return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers })
}

export const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } })

/** What a connection of this definition has: the examples of all that is learnt, and of what it cannot be without. */
function learntParams({ params = {} }: ProviderDefinition): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params)
      .filter(([, { trusted, from = 'user', required }]) => !trusted && (from !== 'user' || required))
      .map(([name, { example }]) => [name, example]),
  )
}

/**
 * A real client with a stored connection, whose `fetch` is the test's: what a history asks goes through host rules,
 * credential and headers of the definition.
 */
export async function fedClient(
  definition: ProviderDefinition,
  answer: (request: SentRequest, index: number) => Response | Promise<Response>,
  params: Readonly<Record<string, string>> = {},
) {
  const sent: SentRequest[] = []
  const store = memoryStore()
  const key = { provider: definition.id, tenantId: 't', connectionId: 'default' }
  const at = new Date()
  const tokens = {
    accessToken: token,
    scopes: [],
    tokenType: 'Bearer',
    ...(definition.protocol === 'oauth1' && { tokenSecret: 'token-secret' }),
  }
  const record = {
    ...key,
    status: 'active',
    scopes: [],
    tokenType: 'Bearer',
    params: { ...learntParams(definition), ...params },
    createdAt: at,
    connectedAt: at,
    updatedAt: at,
    refreshedAt: at,
    version: 1,
    sealed: sealTokens(createKeyring(secret), key, tokens),
  } as const
  await store.save(record, { expectedVersion: null })
  const client = createOAuthClient(definition, {
    clientId: 'client-id',
    clientSecret: 'client-secret',
    redirectUri: 'https://app.example/callback',
    secret,
    store,
    hooks: { onWarning: () => undefined },
    async fetch(input, init) {
      const request = new Request(input, init)
      const text = await request.clone().text()
      const { method, url, headers } = request
      sent.push({ method, url, headers, json: text === '' ? undefined : JSON.parse(text) })
      const last = sent.at(-1)
      if (!last) throw new Error('unreachable')
      return answer(last, sent.length - 1)
    },
  })
  const ref = { tenantId: 't' }
  const connection = await client.getConnection(ref)
  if (!connection) throw new Error('no connection')
  const fetch = (input: string | URL, init?: RequestInit) => client.fetch(ref, input, init)
  return { client, connection, fetch, sent, context: { connection, fetch } }
}
