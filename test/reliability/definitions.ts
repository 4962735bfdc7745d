import type { ProviderDefinition } from '../../src/provider/definition.ts'

/** How a provider treats a refresh token that it has replaced; that is all in which these three differ. */
const manners = {
  /** Every refresh token once; one that comes again ends the grant. */
  strict: { rotates: true, reuse: { late: 'ends-grant' } },
  /** The old one stays good for 90 days, longer than any test's clock runs. */
  graceful: { rotates: true, reuse: { grace: 7_776_000, late: 'ends-grant' } },
  /** One refresh token for good. */
  steady: { rotates: false },
} as const

export type Manner = keyof typeof manners

export function definitionOf(manner: Manner) {
  const origin = `https://${manner}.example`
  return {
    id: manner,
    name: manner,
    category: 'support',
    docs: [`${origin}/docs`],
    checked: '2026-11-21',
    protocol: 'oauth2',
    authorization: { url: `${origin}/authorize`, scopes: { default: ['read', 'offline'] } },
    token: { url: `${origin}/token`, authentication: 'client_secret_post' },
    refresh: manners[manner],
    revocation: { url: `${origin}/revoke`, authentication: 'client_secret_post', token: 'refresh_token' },
    identity: { request: { url: `${origin}/me` }, id: 'id', name: 'name' },
    api: { baseUrl: `${origin}/api` },
  } as const satisfies ProviderDefinition
}
