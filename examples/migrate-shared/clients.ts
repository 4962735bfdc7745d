import { createOAuthClient, type OAuthClient, type TokenStore } from 'latchkey'
import { providers } from 'latchkey/providers'

/** What a move needs of a client, whatever its protocol. */
export type MoveClient = Pick<
  OAuthClient,
  'provider' | 'importConnection' | 'getConnection' | 'getAccessToken' | 'getTokens' | 'list' | 'close'
>

/**
 * A client for each integration whose credentials are in the environment (`SLACK_CLIENT_ID` …). They must be those of the
 * old system: a refresh token is good for the client id that it was issued to.
 */
export function clientsFromEnvironment(store: TokenStore): MoveClient[] {
  return providers
    .filter(({ id, protocol }) => {
      const variable = `${id.toUpperCase().replaceAll('-', '_')}_CLIENT_ID`
      return protocol === 'api-key' || process.env[variable]
    })
    .map((definition) => createOAuthClient(definition, { store }))
}
