import type { OAuthClientOptions, TokenStore } from 'latchkey'
import { abreast } from '../measure/loops.ts'
import { codeOf, tokenFor } from './acme.ts'
import { beginFlow, clientAt } from './client.ts'

const origin = 'https://provider.example.com'

/** Seconds that a filled connection's access token lives. */
export const lifetime = 3_600

export function tenant(index: number): string {
  return `tenant-${String(index).padStart(6, '0')}`
}

/** Answers at once, for what is not about the network: a code or a refresh token for the next pair. */
const answer: NonNullable<OAuthClientOptions['fetch']> = async (_input, init) => {
  const form = new URLSearchParams(String(init?.body))
  const code = form.get('code') ?? 'refreshed'
  return Response.json({
    access_token: tokenFor(code),
    refresh_token: `refresh-token-for-${code}`,
    token_type: 'Bearer',
    expires_in: lifetime,
    scope: 'read offline',
    user_id: 'account-1',
  })
}

/** A client whose provider answers without a network. */
export function offlineClient(store: TokenStore, options: OAuthClientOptions = {}) {
  return clientAt(origin, { store, fetch: answer, ...options })
}

/** Connects the tenants `from` to `to`, each by a whole flow. */
export async function fill(store: TokenStore, from: number, to: number): Promise<void> {
  const client = offlineClient(store)
  const connect = abreast(256, async (index) => {
    await client.callback(await beginFlow(client, tenant(from + index), codeOf(from + index)))
  })
  await connect(to - from)
}
