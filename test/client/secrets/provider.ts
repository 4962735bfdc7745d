import type { ProviderDefinition } from '../../../src/provider/definition.ts'
import type { Answer, Arrived } from '../../support/provider-server.ts'
import type { Secrets } from './leak-search.ts'

/** Characters that each encoding writes in its own way; Microsoft's secrets and refresh tokens hold `~`, `!` and `*`. */
export const known = {
  clientSecret: 'cs-8Q~/+%= !x*y(z)"Kj4w',
  code: '4/0c-P+q~R!sT*u%vW=xYz:9',
  accessToken: 'at-1.aB/cD+eF~gH=iJ!kLm',
  refreshToken: "rt-1_M.C5'0!*z/Y+x~w$V",
  nextAccessToken: 'at-2.nO/pQ+rS~tU=vW!xYz',
  nextRefreshToken: "rt-2_B.D7'1!*k/L+m~n$P",
  idToken: 'eyJ0.eyJzdWIiOiJhZGEi.s1g~n',
  sealingSecret: 'a sealing secret of more than 32 bytes, not to be seen',
} as const satisfies Secrets

export type Place =
  | 'exchange'
  | 'refresh'
  | 'revocation'
  | 'required discovery'
  | 'discovery'
  | 'identity'
  | 'api'

export interface Style {
  readonly authentication?: 'client_secret_basic' | 'client_secret_post'
  readonly body?: 'form' | 'json' | 'query'
  /** The discovery request's failure fails the connect. */
  readonly required?: boolean
}

export function definitionAt(
  origin: string,
  { authentication = 'client_secret_post', body = 'form', required = false }: Style,
) {
  return {
    id: 'acme',
    name: 'Acme',
    category: 'support',
    docs: ['https://acme.example/docs'],
    checked: '2026-11-21',
    protocol: 'oauth2',
    params: {
      org: { description: 'The organisation', pattern: '^[0-9]{1,9}$', example: '1', from: 'discovery' },
    },
    authorization: { url: `${origin}/authorize`, scopes: { default: ['read'] } },
    token: { url: `${origin}/token`, authentication, body },
    refresh: { rotates: true },
    revocation: { url: `${origin}/revoke`, authentication, body, token: 'refresh_token' },
    discovery: [{ url: `${origin}/org`, capture: { org: 'id' }, required }],
    identity: { request: { url: `${origin}/me` }, id: 'id', name: 'name' },
    api: { baseUrl: `${origin}/api` },
  } as const satisfies ProviderDefinition
}

export function placeOf({ path, body }: Arrived): Place {
  if (path.startsWith('/token')) return `${path}${body}`.includes('refresh_token') ? 'refresh' : 'exchange'
  if (path.startsWith('/revoke')) return 'revocation'
  if (path.startsWith('/org')) return 'discovery'
  return path.startsWith('/me') ? 'identity' : 'api'
}

export const good: Readonly<Record<Exclude<Place, 'required discovery'>, unknown>> = {
  exchange: {
    access_token: known.accessToken,
    refresh_token: known.refreshToken,
    id_token: known.idToken,
    expires_in: 3600,
  },
  refresh: { access_token: known.nextAccessToken, refresh_token: known.nextRefreshToken, expires_in: 3600 },
  revocation: {},
  discovery: { id: '7' },
  identity: { id: 'ada', name: 'Ada' },
  api: { ok: true },
}

export const json = (status: number, body: unknown, headers: Record<string, string> = {}): Answer => ({
  status,
  headers,
  body: JSON.stringify(body),
})
