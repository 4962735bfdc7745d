import { createHash, randomBytes } from 'node:crypto'
import { AuthorizationCode } from 'simple-oauth2'
import { flow, registration } from '../setting/acme.ts'
import type { Peer } from './peer.ts'

/** It has no PKCE: the pair is made by hand and handed over as further parameters, which it passes on. */
export function createPeer(origin: string): Peer {
  const { clientId, clientSecret, redirectUri, scopes } = registration
  const client = new AuthorizationCode({
    client: { id: clientId, secret: clientSecret },
    auth: { tokenHost: origin, tokenPath: '/token', authorizePath: '/authorize' },
    options: { authorizationMethod: 'body' },
  })
  return {
    name: 'simple-oauth2',
    begin() {
      const verifier = randomBytes(32).toString('base64url')
      const pkce = {
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
      }
      return client.authorizeURL({
        redirect_uri: redirectUri,
        scope: [...scopes],
        state: randomBytes(32).toString('base64url'),
        ...pkce,
      })
    },
    async exchange(code) {
      const grant = { code, redirect_uri: redirectUri, code_verifier: flow.codeVerifier }
      const { token } = await client.getToken(grant)
      return String(token.access_token)
    },
  }
}
