import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  ClientSecretPost,
  Configuration,
  calculatePKCECodeChallenge,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client'
import { flow, registration } from '../setting/acme.ts'
import type { Peer } from './peer.ts'

/** State and verifier are random and the application's to keep; callback and answer are checked. */
export function createPeer(origin: string): Peer {
  const { clientId, clientSecret, redirectUri, scopes } = registration
  const server = {
    issuer: origin,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
  }
  const configuration = new Configuration(server, clientId, undefined, ClientSecretPost(clientSecret))
  // The endpoint is on loopback without TLS.
  allowInsecureRequests(configuration)
  return {
    name: 'openid-client',
    async begin() {
      const challenge = await calculatePKCECodeChallenge(randomPKCECodeVerifier())
      return buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope: scopes.join(' '),
        state: randomState(),
        code_challenge: challenge,
        code_challenge_method: 'S256',
      }).href
    },
    async exchange(code) {
      const callback = new URL(`${redirectUri}?code=${code}&state=${flow.state}`)
      const checks = { expectedState: flow.state, pkceCodeVerifier: flow.codeVerifier }
      const tokens = await authorizationCodeGrant(configuration, callback, checks)
      return tokens.access_token
    },
  }
}
