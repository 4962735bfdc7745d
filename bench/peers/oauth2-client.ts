import { randomBytes } from 'node:crypto'
import { generateCodeVerifier, OAuth2Client, OAuth2Fetch } from '@badgateway/oauth2-client'
import { flow, registration } from '../setting/acme.ts'
import type { Peer } from './peer.ts'

function clientAt(origin: string): OAuth2Client {
  const { clientId, clientSecret } = registration
  return new OAuth2Client({
    clientId,
    clientSecret,
    authorizationEndpoint: `${origin}/authorize`,
    tokenEndpoint: `${origin}/token`,
    authenticationMethod: 'client_secret_post',
  })
}

/** It makes no state: the application's randomBytes stands in. The callback's state is compared. */
export function createPeer(origin: string): Peer {
  const { redirectUri, scopes } = registration
  const { authorizationCode } = clientAt(origin)
  return {
    name: '@badgateway/oauth2-client',
    async begin() {
      return authorizationCode.getAuthorizeUri({
        redirectUri,
        state: randomBytes(32).toString('base64url'),
        codeVerifier: await generateCodeVerifier(),
        scope: [...scopes],
      })
    },
    async exchange(code) {
      const callback = `${redirectUri}?code=${code}&state=${flow.state}`
      const { accessToken } = await authorizationCode.getTokenFromCodeRedirect(callback, {
        redirectUri,
        state: flow.state,
        codeVerifier: flow.codeVerifier,
      })
      return accessToken
    },
  }
}

/** Its `getAccessToken` for one expired token: one user, in memory, nothing stored. */
export function createExpired(origin: string): () => Promise<string> {
  const tokens = new OAuth2Fetch({
    client: clientAt(origin),
    scheduleRefresh: false,
    getStoredToken: () => ({
      accessToken: 'old',
      refreshToken: 'refresh-token-1',
      expiresAt: Date.now() - 1,
    }),
    getNewToken: () => null,
  })
  return () => tokens.getAccessToken()
}
