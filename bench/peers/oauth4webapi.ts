import {
  type AuthorizationServer,
  allowInsecureRequests,
  authorizationCodeGrantRequest,
  type Client,
  ClientSecretPost,
  calculatePKCECodeChallenge,
  generateRandomCodeVerifier,
  generateRandomState,
  processAuthorizationCodeResponse,
  validateAuthResponse,
} from 'oauth4webapi'
import { flow, registration } from '../setting/acme.ts'
import type { Peer } from './peer.ts'

/** The callback's parameters, the answer and its types are checked; the URL is built by hand, as its examples do. */
export function createPeer(origin: string): Peer {
  const { clientId, clientSecret, redirectUri, scopes } = registration
  const server: AuthorizationServer = {
    issuer: origin,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
  }
  const client: Client = { client_id: clientId }
  const authentication = ClientSecretPost(clientSecret)
  return {
    name: 'oauth4webapi',
    async begin() {
      const challenge = await calculatePKCECodeChallenge(generateRandomCodeVerifier())
      const url = new URL(`${origin}/authorize`)
      url.searchParams.set('client_id', clientId)
      url.searchParams.set('redirect_uri', redirectUri)
      url.searchParams.set('response_type', 'code')
      url.searchParams.set('scope', scopes.join(' '))
      url.searchParams.set('state', generateRandomState())
      url.searchParams.set('code_challenge', challenge)
      url.searchParams.set('code_challenge_method', 'S256')
      return url.href
    },
    async exchange(code) {
      const callback = new URLSearchParams({ code, state: flow.state })
      const params = validateAuthResponse(server, client, callback, flow.state)
      const response = await authorizationCodeGrantRequest(
        server,
        client,
        authentication,
        params,
        redirectUri,
        flow.codeVerifier,
        // The endpoint is on loopback without TLS.
        { [allowInsecureRequests]: true },
      )
      const tokens = await processAuthorizationCodeResponse(server, client, response)
      return tokens.access_token
    },
  }
}
