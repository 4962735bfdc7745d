import { createOAuthClient } from '../../src/create-client.ts'
import type { OAuthClient } from '../../src/index.ts'
import { mockProvider } from '../../src/testing/index.ts'
import { loopbackDefinition } from '../../src/testing/loopback-definition.ts'
import type { OAuthClientOptions } from '../../src/types.ts'
import { credentials } from '../support/acme.ts'
import { tokenId } from './commands.ts'
import { definitionOf, type Manner } from './definitions.ts'
import { startWire } from './wire.ts'

/** A provider over HTTP, the wire in front of it, and what it has issued to whom. */
export async function startSimulated(
  manner: Manner,
  options: { readonly clock: () => number; readonly kill?: (worker: string) => Promise<void> },
) {
  const definition = definitionOf(manner)
  const { clientId, clientSecret, redirectUri } = credentials
  const mock = mockProvider(definition, { clientId, clientSecret, redirectUri, clock: options.clock })
  const listening = await mock.listen()
  const wire = await startWire(listening.origin, options.kill ?? (async () => undefined))
  const direct = listening.definition
  return {
    manner,
    mock,
    wire,
    /** Straight to the provider. */
    direct,
    /** Through the wire. */
    wired: loopbackDefinition(definition, wire.origin),
    client: (store: Omit<OAuthClientOptions, 'clientId'>) =>
      createOAuthClient(direct, { ...credentials, clock: options.clock, ...store }),
    /** The user connects; answers the tokens of the connect. */
    async connect(client: OAuthClient<typeof direct>, tenantId: string) {
      const { url } = await client.authorize({ tenantId })
      await client.callback(await mock.approve(url, { account: { id: tenantId } }))
      const { accessToken, refreshToken = '' } = await client.getTokens({ tenantId })
      return { accessToken, refreshToken }
    },
    /** Whether the API takes this token. */
    async accepts(accessToken: string): Promise<boolean> {
      const response = await fetch(`${direct.api.baseUrl}/ping`, {
        headers: { authorization: `Bearer ${accessToken}` },
      })
      await response.body?.cancel()
      return response.status === 200
    },
    /** Whether the token endpoint takes this refresh token. */
    renews: async (refreshToken: string): Promise<boolean> =>
      (await post(direct.token.url, { grant_type: 'refresh_token', refresh_token: refreshToken })) === 200,
    /** The user removes the app at the provider, for one connection. */
    end: (refreshToken: string) => post(direct.revocation.url, { token: refreshToken }),
    refreshRequests: () => mock.requests.filter(({ endpoint }) => endpoint === 'refresh').length,
    async close() {
      await wire.close()
      await listening.close()
    },
  }
}

/** Answers the status. */
async function post(url: string, form: Readonly<Record<string, string>>): Promise<number> {
  const { clientId, clientSecret } = credentials
  const response = await fetch(url, {
    method: 'POST',
    body: new URLSearchParams({ ...form, client_id: clientId, client_secret: clientSecret }),
  })
  await response.body?.cancel()
  return response.status
}

export type Simulated = Awaited<ReturnType<typeof startSimulated>>

/** A family of tokens from one connect on: which access tokens came, in which order. */
export function familyOf(simulated: Simulated, first: { accessToken: string; refreshToken: string }) {
  const order = [tokenId(first.accessToken)]
  const refreshTokens = new Set([first.refreshToken])
  for (const { presented, accessToken, refreshToken } of simulated.wire.rotations) {
    if (!refreshTokens.has(presented)) continue
    order.push(tokenId(accessToken))
    if (refreshToken !== undefined) refreshTokens.add(refreshToken)
  }
  return { order, refreshTokens }
}
