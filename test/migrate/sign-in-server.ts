import { Events, type MutableResponse, type MutableToken, OAuth2Server } from 'oauth2-mock-server'

/** What the server says of the next user who comes. */
export interface NextGrant {
  readonly accountId: string
  readonly accessToken: string
  readonly refreshToken?: string
  readonly scope: string
}

/** A foreign OpenID Connect server, as Google is to a sign-in library. Whoever is sent to it approves. */
export async function signInServer() {
  const server = new OAuth2Server()
  await server.issuer.keys.generate('RS256')
  await server.start(0, '127.0.0.1')
  const origin = `http://127.0.0.1:${server.address().port}`
  server.issuer.url = origin
  let next: NextGrant | undefined
  server.service.on(Events.BeforeTokenSigning, ({ payload }: MutableToken) => {
    payload.sub = next?.accountId
    payload.email = `${next?.accountId}@example.com`
    payload.email_verified = true
    payload.name = 'Una'
  })
  server.service.on(Events.BeforeResponse, ({ body }: MutableResponse) => {
    if (typeof body !== 'object' || body === null || !next) return
    Object.assign(body, {
      access_token: next.accessToken,
      refresh_token: next.refreshToken,
      scope: next.scope,
      expires_in: 3600,
    })
  })
  return {
    origin,
    /**
     * Plays the browser: `begin` answers with the redirect to the server, `finish` is given the way back and the cookies.
     */
    async signIn(
      grant: NextGrant,
      begin: () => Promise<{ readonly url: string; readonly response: Response }>,
      finish: (request: Request) => Promise<Response>,
    ): Promise<void> {
      next = grant
      const { url, response } = await begin()
      const cookie = response.headers
        .getSetCookie()
        .map((each) => each.split(';', 1)[0])
        .join('; ')
      const consent = await fetch(url, { redirect: 'manual' })
      await consent.body?.cancel()
      const callback = consent.headers.get('location')
      if (!callback) throw new Error(`the server answered HTTP ${consent.status}`)
      const back = await finish(new Request(callback, { headers: { cookie } }))
      const location = back.headers.get('location') ?? ''
      if (back.status !== 302 || /error/.test(location))
        throw new Error(`the callback ended with HTTP ${back.status}, ${location}`)
    },
    close: () => server.stop(),
  }
}

export type SignInServer = Awaited<ReturnType<typeof signInServer>>
