import { randomUUID } from 'node:crypto'
import type { AuthorizeInput, OAuthClient } from '../../src/client-types.ts'
import { OAuthError } from '../../src/errors/oauth-error.ts'
import type { ProviderDefinition } from '../../src/provider/definition.ts'
import type { Connection } from '../../src/types.ts'

export const shop = {
  id: 'shop',
  name: 'Shop & Co',
  category: 'e-commerce',
  docs: ['https://shop.example/docs'],
  checked: '2026-01-01',
  protocol: 'oauth2',
  params: {
    store: { description: 'The store', pattern: '^[a-z]+$', example: 'mine' },
    host: { description: 'The host', pattern: '^[a-z.]+$', example: 'shop.example', trusted: true },
  },
  authorization: { url: 'https://shop.example/authorize' },
  token: { url: 'https://shop.example/token', authentication: 'client_secret_post' },
  refresh: { rotates: true },
  identity: { id: 'id' },
  api: { baseUrl: 'https://shop.example/api' },
} as const satisfies ProviderDefinition

const at = new Date('2026-01-02T03:04:05Z')

export function connectionOf(overrides: Partial<Connection> = {}): Connection {
  return {
    provider: 'shop',
    tenantId: 't1',
    connectionId: 'default',
    status: 'active',
    scopes: ['read'],
    tokenType: 'Bearer',
    account: { id: 'a1', name: 'Account One' },
    params: {},
    createdAt: at,
    connectedAt: at,
    updatedAt: at,
    refreshedAt: at,
    version: 1,
    ...overrides,
  }
}

interface Begun {
  readonly input: AuthorizeInput<ProviderDefinition>
  readonly state: string
  used: boolean
}

export interface FakeClient extends OAuthClient {
  /** Flows in the order in which they began. */
  readonly begun: Begun[]
  readonly connections: Connection[]
  readonly disconnected: { tenantId: string; connectionId?: string | undefined }[]
  /** What the next callback throws after the state was judged. */
  failWith: unknown
}

/** The rules of a flow as the handler meets them: states that fit a binding and an owner, once. */
export function fakeClient(
  overrides: { readonly provider?: ProviderDefinition; readonly redirectUri?: string } = {},
): FakeClient {
  const provider: ProviderDefinition = overrides.provider ?? shop
  const fail = (code: OAuthError['code'], redirectPath?: string) =>
    new OAuthError({ code, provider: provider.id, providerName: provider.name, redirectPath })
  const unused = () => Promise.reject(new Error('not a call of the handler'))
  const begun: Begun[] = []
  const connections: Connection[] = []
  const disconnected: FakeClient['disconnected'] = []
  return {
    provider,
    redirectUri: overrides.redirectUri ?? `https://app.example/oauth/${provider.id}/callback`,
    begun,
    connections,
    disconnected,
    failWith: undefined,
    async authorize(input) {
      if (input.redirectPath?.startsWith('//')) throw fail('params_invalid')
      const state = randomUUID()
      begun.push({ input, state, used: false })
      return { url: `https://shop.example/authorize?state=${state}`, state, expiresAt: at }
    },
    async callback(input, options = {}) {
      if (!(input instanceof URLSearchParams)) throw new TypeError('the handler reads the input itself')
      const flow = begun.find(({ state }) => state === input.get('state'))
      if (!flow) throw fail('state_invalid')
      const { tenantId, userId, connectionId = 'default', redirectPath = '/', binding } = flow.input
      if (binding !== options.binding) throw fail('state_mismatch')
      const { expect } = options
      if (expect && (expect.tenantId !== tenantId || expect.userId !== userId)) throw fail('state_mismatch')
      if (flow.used) throw fail('state_replayed', redirectPath)
      flow.used = true
      if (this.failWith !== undefined) throw this.failWith
      if (input.get('error')) throw fail('authorization_denied', redirectPath)
      const connection = connectionOf({ provider: provider.id, tenantId, connectionId })
      connections.push(connection)
      return { connection, redirectPath, sync: { status: 'skipped' } }
    },
    async *list(filter = {}) {
      yield* connections.filter(({ tenantId }) => !filter.tenantId || tenantId === filter.tenantId)
    },
    async disconnect(ref) {
      disconnected.push(ref)
      return { revoked: true }
    },
    getAccessToken: unused,
    importConnection: unused,
    refreshExpiring: unused,
    reseal: unused,
    getConnection: unused,
    getTokens: unused,
    choose: unused,
    refresh: unused,
    fetch: unused,
    close: unused,
  }
}

export const origin = 'https://app.example'

/** A browser's cookies: what was set, by name, with its attributes. */
export function cookiesOf(response: Response): { name: string; value: string; attributes: string[] }[] {
  return response.headers.getSetCookie().map((text) => {
    const [pair = '', ...attributes] = text.split('; ')
    const equals = pair.indexOf('=')
    return { name: pair.slice(0, equals), value: pair.slice(equals + 1), attributes }
  })
}

/** The `Cookie` header that brings back what these responses set. */
export function cookieHeader(...responses: Response[]): string {
  return responses
    .flatMap(cookiesOf)
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ')
}
