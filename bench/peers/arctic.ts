import { CodeChallengeMethod, generateCodeVerifier, generateState, OAuth2Client } from 'arctic'
import { flow, registration } from '../setting/acme.ts'
import type { Peer } from './peer.ts'

/** State and verifier are random and the application's to keep; the client authenticates by Basic. */
export function createPeer(origin: string): Peer {
  const { clientId, clientSecret, redirectUri, scopes } = registration
  const client = new OAuth2Client(clientId, clientSecret, redirectUri)
  return {
    name: 'arctic',
    begin() {
      const verifier = generateCodeVerifier()
      return client.createAuthorizationURLWithPKCE(
        `${origin}/authorize`,
        generateState(),
        CodeChallengeMethod.S256,
        verifier,
        [...scopes],
      ).href
    },
    async exchange(code) {
      const tokens = await client.validateAuthorizationCode(`${origin}/token`, code, flow.codeVerifier)
      return tokens.accessToken()
    },
  }
}
