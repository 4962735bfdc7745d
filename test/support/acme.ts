import type { ProviderDefinition } from '../../src/provider/definition.ts'

/** A plain RFC 6749 provider at an origin: no quirk at all, so that a test shows one thing. */
export function acmeAt(origin: string) {
  return {
    id: 'acme',
    name: 'Acme',
    category: 'support',
    docs: ['https://acme.example/docs'],
    checked: '2026-11-21',
    protocol: 'oauth2',
    authorization: {
      url: `${origin}/authorize`,
      scopes: { default: ['read', 'offline'] },
    },
    token: { url: `${origin}/token`, authentication: 'client_secret_post' },
    refresh: { rotates: true },
    revocation: { url: `${origin}/revoke`, authentication: 'client_secret_post', token: 'refresh_token' },
    identity: { request: { url: `${origin}/me` }, id: 'id', name: 'name' },
    api: { baseUrl: `${origin}/api` },
  } as const satisfies ProviderDefinition
}

export const secret = 'test-secret-of-at-least-32-bytes-long!'
export const credentials = {
  clientId: 'client-1',
  clientSecret: 'client-secret-value',
  redirectUri: 'https://app.example.com/oauth/acme/callback',
  secret,
} as const
