import type { ImportInput, ProviderDefinition } from 'latchkey'
import { findProvider } from 'latchkey/providers'
import { declaredParams } from '../migrate-shared/declared-params.ts'
import type { OldRow } from '../migrate-shared/old-connection.ts'
import { isAnswer, readTokenAnswer } from '../migrate-shared/token-answer.ts'
import type { FullConnection, ListedConnection } from './nango-api.ts'

/** latchkey's id, where neither Nango's name of the provider nor your key is one that `findProvider` knows. */
const integrations = new Map<string, string>([
  // ['our-old-crm', 'hubspot'],
])
/** Names of `connection_config` that differ from those of the definition. */
const renamed: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  shopify: { subdomain: 'shop' },
}

/** The definition of a connection: by your own table, by Nango's provider, by the integration's id. */
export function definitionOf(listed: ListedConnection): ProviderDefinition | undefined {
  const { provider, provider_config_key } = listed
  const chosen = integrations.get(provider_config_key)
  return findProvider(chosen ?? provider) ?? findProvider(provider_config_key)
}

/** Your tenant: the organisation of the end user where Nango knows one, else the end user, else the connection. */
export function ownerOf({ end_user, tags = {}, connection_id }: ListedConnection) {
  const userId = end_user?.id ?? tags.end_user_id
  const tenantId = end_user?.organization?.id ?? tags.organization_id ?? userId ?? connection_id
  return { tenantId, ...(userId !== undefined && { userId }) }
}

/** `nth`: 0 for the first connection of this tenant and integration. */
export function readConnection(
  listed: ListedConnection,
  full: FullConnection,
  definition: ProviderDefinition,
  nth: number,
): OldRow {
  const source = sourceOf(listed)
  const refreshedAt = new Date(full.updated_at)
  const read = readCredentials(full.credentials, definition, refreshedAt)
  if (typeof read === 'string') return { source, why: read }
  const config: Record<string, unknown> = { ...full.connection_config }
  for (const [theirs, ours] of Object.entries(renamed[definition.id] ?? {})) config[ours] ??= config[theirs]
  return {
    source,
    provider: definition.id,
    ...ownerOf(listed),
    connectionId: nth === 0 ? 'default' : listed.connection_id,
    tokens: read.tokens,
    params: { ...read.params, ...declaredParams(definition, config) },
    connectedAt: new Date(listed.created),
    refreshedAt,
  }
}

export const sourceOf = ({ connection_id, provider_config_key }: ListedConnection) =>
  `${provider_config_key} ${connection_id}`

/** The tokens of one kind of credentials, or why they cannot be moved. */
function readCredentials(
  credentials: FullConnection['credentials'],
  definition: ProviderDefinition,
  refreshedAt: Date,
): Pick<ImportInput, 'tokens' | 'params'> | string {
  const { type, raw } = credentials
  const text = (name: string) => {
    const value = credentials[name]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  switch (type) {
    case 'OAUTH2': {
      if (isAnswer(credentials.config_override) && credentials.config_override.client_id)
        return 'it was issued to a client id of its own, whose refresh token is good for no other'
      // What Nango has read of the answer wins: it has refreshed since, and knows each provider's way.
      const { tokens, params } = readTokenAnswer(definition, isAnswer(raw) ? raw : {}, refreshedAt)
      const [accessToken, refreshToken] = [text('access_token'), text('refresh_token')]
      const end = text('expires_at')
      return {
        tokens: {
          ...tokens,
          ...(accessToken && { accessToken }),
          ...(refreshToken && { refreshToken }),
          ...(end && { expiresAt: new Date(end) }),
        },
        params,
      }
    }
    case 'OAUTH1': {
      const [accessToken, tokenSecret] = [text('oauth_token'), text('oauth_token_secret')]
      return { tokens: { ...(accessToken && { accessToken }), ...(tokenSecret && { tokenSecret }) } }
    }
    case 'API_KEY': {
      const accessToken = text('apiKey')
      return { tokens: { ...(accessToken && { accessToken }) } }
    }
    case 'BASIC': {
      // Freshdesk's key is the user name of HTTP Basic.
      const accessToken = text('username')
      return { tokens: { ...(accessToken && { accessToken }) } }
    }
    case undefined:
      return 'Nango gave no credentials: the API key needs environment:connections:read_credentials'
    default:
      return `credentials of the type ${String(type).slice(0, 30)} are none of latchkey's`
  }
}
