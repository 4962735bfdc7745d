import type { ProviderDefinition } from 'latchkey'

/** A plain RFC 6749 provider with PKCE: nothing that a peer could not do. */
export function acmeAt(origin: string) {
  return {
    id: 'acme',
    name: 'Acme',
    category: 'support',
    docs: ['https://acme.example/docs'],
    checked: '2026-11-21',
    protocol: 'oauth2',
    authorization: { url: `${origin}/authorize`, scopes: { default: ['read', 'offline'] } },
    token: { url: `${origin}/token`, authentication: 'client_secret_post' },
    refresh: { rotates: true },
    // In the token response, so that a callback is one request, like the others' exchange.
    identity: { id: 'user_id' },
    api: { baseUrl: `${origin}/api` },
  } as const satisfies ProviderDefinition
}

/** The client's registration, the same for every contender. */
export const registration = {
  clientId: 'client-1',
  clientSecret: 'client-secret-value',
  redirectUri: 'https://app.example.com/oauth/acme/callback',
  scopes: ['read', 'offline'],
} as const

export const secret = 'bench-secret-of-at-least-32-bytes-long'

/** For peers that are given a flow that has begun: RFC 7636 takes 43 characters or more. */
export const flow = {
  state: 'kXv0Z5y3u2JQn8mB7wTgE4rDaHcLfSpoNiYqCzRxUe1',
  codeVerifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
} as const

/** An authorization code; another for each number. */
export function codeOf(index: number): string {
  return `code${String(index).padStart(28, '0')}`
}

/** The access token that the token endpoint gives for a code. */
export function tokenFor(code: string): string {
  return `access-token-for-${code}`
}
