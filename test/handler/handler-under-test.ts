import { createOAuthHandler, type OAuthHandlerOptions } from '../../src/handler/oauth-handler.ts'
import { fakeClient, origin } from './fake-client.ts'

/** A handler over one fake client, the browser's requests to it, and the failures it reported. */
export function setUp(options: Partial<OAuthHandlerOptions> = {}, client = fakeClient()) {
  const failures: { error: unknown; reference: string; provider?: string }[] = []
  const handler = createOAuthHandler({
    clients: [client],
    session: () => ({ tenantId: 't1', userId: 'u1' }),
    onError: (failure) => failures.push(failure),
    ...options,
  })
  const call = (path: string, init?: RequestInit) => handler(new Request(origin + path, init))
  const connect = (query = '') => call(`/oauth/shop/connect${query}`)
  const comeBack = (state: string | undefined, cookie?: string, query = '&code=c') =>
    call(`/oauth/shop/callback?state=${state}${query}`, cookie ? { headers: { cookie } } : {})
  return { client, handler, call, connect, comeBack, failures }
}

/** The state of the flow that this redirect to the provider began. */
export const stateOf = (response: Response) =>
  new URL(response.headers.get('location') ?? '').searchParams.get('state') ?? ''
