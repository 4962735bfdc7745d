import { createOAuthClient, type OAuthClientOptions } from 'latchkey'
import { acmeAt, registration, secret } from './acme.ts'

/** The library as an application sets it up; only the store and what a scenario is about differ. */
export function clientAt(origin: string, options: OAuthClientOptions) {
  const { clientId, clientSecret, redirectUri } = registration
  return createOAuthClient(acmeAt(origin), { clientId, clientSecret, redirectUri, secret, ...options })
}

export type BenchClient = ReturnType<typeof clientAt>

/** The callback's query for an authorization that has just begun. */
export async function beginFlow(client: BenchClient, tenantId: string, code: string): Promise<string> {
  const { state } = await client.authorize({ tenantId, userId: 'u1', redirectPath: '/integrations' })
  return `?code=${code}&state=${state}`
}
