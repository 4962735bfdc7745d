import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { vi } from 'vitest'

/** Where a browser would have arrived at the application, and how it is sent there. */
export interface Journey {
  /** `https://app.example.com/…?code=…&state=…&iss=…` */
  readonly callbackUrl: URL
}

export interface OidcClientSettings {
  readonly id: string
  readonly secret: string
  readonly authentication: 'client_secret_basic' | 'client_secret_post'
}

export const oidcRedirectUri = 'https://app.example.com/oauth/foreign/callback'

/** `oidc-provider` over real HTTP on loopback: PKCE demanded, refresh tokens rotated, development interactions. */
export async function startOidcServer(clients: readonly OidcClientSettings[]) {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address: AddressInfo | string | null = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  const origin = `http://127.0.0.1:${address.port}`

  // It warns about its development settings, which are what is wanted here.
  const quiet = [vi.spyOn(console, 'info'), vi.spyOn(console, 'warn')].map((spy) =>
    spy.mockImplementation(() => undefined),
  )
  const { Provider } = await import('oidc-provider')
  const provider = new Provider(origin, {
    clients: clients.map(({ id, secret, authentication }) => ({
      client_id: id,
      client_secret: secret,
      redirect_uris: [oidcRedirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: authentication,
    })),
    scopes: ['openid', 'offline_access'],
    claims: { openid: ['sub'], profile: ['name'] },
    pkce: { required: () => true },
    rotateRefreshToken: true,
    cookies: { keys: ['a key of this test only'] },
    features: {
      devInteractions: { enabled: true },
      revocation: {
        enabled: true,
        allowedPolicy: (_context: unknown, client: { clientId: string }, token: { clientId: string }) =>
          client.clientId === token.clientId,
      },
    },
    ttl: {
      AccessToken: 3600,
      AuthorizationCode: 60,
      Grant: 86_400,
      IdToken: 3600,
      Interaction: 600,
      RefreshToken: 86_400,
      Session: 600,
    },
    findAccount: (_context: unknown, sub: string) => ({
      accountId: sub,
      claims: () => ({ sub, name: `Name of ${sub}` }),
    }),
  })
  const respond = provider.callback()
  for (const spy of quiet) spy.mockRestore()

  const requests: string[] = []
  server.on('request', (request, response) => {
    requests.push(`${request.method} ${new URL(request.url ?? '/', origin).pathname}`)
    respond(request, response)
  })

  return {
    origin,
    /** `METHOD /path` of everything that has arrived. */
    requests,
    count: (line: string) => requests.filter((each) => each === line).length,
    /** Goes through login and consent as a browser does, or aborts at the first page. */
    browse: (url: string, how: { readonly login: string } | 'abort') => browse(origin, url, how),
    /** The provider loses an access token, as by an expiry of its own; the grant lives on. */
    async forget(accessToken: string): Promise<void> {
      const found = await provider.AccessToken.find(accessToken)
      if (!found) throw new Error('the provider does not know this access token')
      await found.destroy()
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export type OidcServer = Awaited<ReturnType<typeof startOidcServer>>

const mostSteps = 20

async function browse(
  origin: string,
  start: string,
  how: { readonly login: string } | 'abort',
): Promise<Journey> {
  const jar = cookieJar()
  const visit = async (url: URL, form?: Record<string, string>) => {
    const response = await fetch(url, {
      method: form ? 'POST' : 'GET',
      headers: { cookie: jar.header(url.pathname) },
      body: form ? new URLSearchParams(form) : null,
      redirect: 'manual',
    })
    jar.take(response.headers.getSetCookie())
    return response
  }
  let url = new URL(start)
  for (let step = 0; step < mostSteps; step++) {
    if (url.origin !== origin) return { callbackUrl: url }
    let response = await visit(url)
    if (response.status === 200 && url.pathname.startsWith('/interaction/')) {
      const page = await response.text()
      if (how === 'abort') response = await visit(new URL(`${url.pathname}/abort`, origin))
      else {
        const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1] ?? ''
        response = await visit(
          url,
          prompt === 'login' ? { prompt, login: how.login, password: 'any' } : { prompt },
        )
      }
    }
    const location = response.headers.get('location')
    if (!location) throw new Error(`stopped at ${url.pathname} with HTTP ${response.status}`)
    url = new URL(location, url)
  }
  throw new Error('the journey does not end')
}

/** Cookies of one origin by name and path, which is all that the interactions need. */
function cookieJar() {
  const cookies = new Map<string, { readonly pair: string; readonly path: string }>()
  return {
    take(lines: readonly string[]): void {
      for (const line of lines) {
        const [pair = '', ...attributes] = line.split(/;\s*/)
        const path = /^path=(.*)$/i.exec(attributes.find((each) => /^path=/i.test(each)) ?? '')?.[1] ?? '/'
        const key = `${pair.slice(0, pair.indexOf('='))} ${path}`
        const expires = attributes.find((each) => /^expires=/i.test(each))?.slice('expires='.length)
        if (expires !== undefined && Date.parse(expires) < Date.now()) cookies.delete(key)
        else cookies.set(key, { pair, path })
      }
    },
    header(pathname: string): string {
      const fitting = [...cookies.values()].filter(
        ({ path }) => pathname === path || pathname.startsWith(path),
      )
      return fitting.map(({ pair }) => pair).join('; ')
    },
  }
}
