import { createHash } from 'node:crypto'
import type { OAuth2Definition } from '../../src/provider/definition.ts'
import { expandText, resolveValue } from '../../src/provider/template.ts'
import { type MockProviderOptions, mockProvider } from '../../src/testing/index.ts'

export const clientId = 'client/1'
export const clientSecret = 'sécret+&= %:?'
export const redirectUri = 'https://app.example.com/cb?kept=1'
const verifier = 'v'.repeat(50)
export const challenge = createHash('sha256').update(verifier).digest('base64url')
export const state = 'state-1.x_y'

type Values = Readonly<Record<string, string>>

/** A clock that a test moves by hand. */
export function testClock() {
  let now = Date.UTC(2026, 10, 21)
  return Object.assign(() => now, {
    pass(seconds: number) {
      now += seconds * 1000
    },
  })
}

export interface Exchange {
  readonly url?: string
  readonly method?: string
  readonly params?: Readonly<Record<string, string | undefined>>
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly format?: 'form' | 'json' | 'query'
  readonly rawBody?: string
}

/** What a fetch brought, read once. */
export async function answer(response: Response) {
  const text = await response.text()
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    json = undefined
  }
  return {
    status: response.status,
    headers: response.headers,
    text,
    json,
    body: Object(json) as Record<string, unknown>,
  }
}

export type Answer = Awaited<ReturnType<typeof answer>>

/**
 * A correct client, written by hand from a definition and nothing else of the library; each request takes overrides,
 * which is how a wrong client is made (`undefined` leaves a parameter or header out).
 */
export function plainClient(definition: OAuth2Definition, initial: Values = {}) {
  let values: Values = { clientId, clientSecret, redirectUri, ...initial }
  const fill = (template: string) => expandText(definition, template, values)
  /** One that is nothing but a placeholder without a value is left out. */
  const fillAll = (templates: Values | undefined): Values =>
    Object.fromEntries(
      Object.entries(templates ?? {}).flatMap(([name, template]) => {
        const only = /^\{(\w+)\}$/.exec(template)?.[1]
        const raw = (_name: string, value: string) => value
        const has = only === undefined || resolveValue(definition, only, values, raw) !== undefined
        return has ? [[name, fill(template)]] : []
      }),
    )
  const basicHeader = () => {
    const { basicCredentials: own } = definition.token
    if (own) return `Basic ${Buffer.from(fill(`${own.username}:${own.password}`)).toString('base64')}`
    const half = (text: string) => new URLSearchParams({ x: text }).toString().slice(2)
    return `Basic ${Buffer.from(`${half(clientId)}:${half(clientSecret)}`).toString('base64')}`
  }

  async function send(
    request: Required<Pick<Exchange, 'url' | 'method' | 'format'>> & Exchange,
  ): Promise<Answer> {
    const params = defined(request.params ?? {})
    const headers: Record<string, string> = { accept: 'application/json', ...defined(request.headers ?? {}) }
    const url = new URL(request.url)
    let body: string | undefined
    if (request.format === 'query')
      for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value)
    else if (request.format === 'json') {
      headers['content-type'] ??= 'application/json'
      body = JSON.stringify(params)
    } else {
      headers['content-type'] ??= 'application/x-www-form-urlencoded'
      body = new URLSearchParams(params).toString()
    }
    body = request.rawBody ?? body
    return answer(
      await fetch(url, {
        method: request.method,
        headers,
        redirect: 'manual',
        ...(body !== undefined && { body }),
      }),
    )
  }

  function credentials(style: string): Exchange {
    if (style === 'client_secret_basic') return { headers: { authorization: basicHeader() } }
    if (style === 'client_secret_post')
      return { params: { client_id: clientId, client_secret: clientSecret } }
    return { params: { client_id: clientId } }
  }

  return {
    /** Values learned on the way. */
    learn(more: Values) {
      values = { ...values, ...more }
    },
    fill,
    authorizationUrl(overrides: Readonly<Record<string, string | undefined>> = {}): string {
      const { authorization } = definition
      const url = new URL(fill(authorization.url))
      const { scopes } = authorization
      const query = {
        ...(authorization.sendResponseType !== false && { response_type: 'code' }),
        client_id: clientId,
        redirect_uri: redirectUri,
        state,
        ...fillAll(authorization.params),
        ...(scopes && { scope: scopes.default.join(scopes.separator ?? ' ') }),
        ...(authorization.pkce !== 'unsupported' && {
          code_challenge: challenge,
          code_challenge_method: 'S256',
        }),
        ...(authorization.responseMode && { response_mode: authorization.responseMode }),
        ...overrides,
      }
      for (const [name, value] of Object.entries(defined(query))) url.searchParams.set(name, value)
      return url.href
    },
    readCallback(callback: string): URLSearchParams {
      const query = new URL(callback).searchParams
      for (const [name, { parameter }] of Object.entries(definition.callback?.capture ?? {})) {
        const value = query.get(parameter)
        if (value !== null) this.learn({ [name]: value })
      }
      return query
    },
    exchange(code: string, overrides: Exchange = {}): Promise<Answer> {
      const { token } = definition
      const own = credentials(token.authentication)
      return send({
        url: fill(token.url),
        method: token.method ?? 'POST',
        format: token.body ?? 'form',
        ...overrides,
        params: {
          ...(token.sendGrantType !== false && { grant_type: 'authorization_code' }),
          code,
          ...(token.sendRedirectUri !== false && { redirect_uri: redirectUri }),
          ...(definition.authorization.pkce !== 'unsupported' && { code_verifier: verifier }),
          ...fillAll(token.params),
          ...own.params,
          ...overrides.params,
        },
        headers: { ...lower(token.headers), ...own.headers, ...overrides.headers },
      })
    },
    refresh(refreshToken: string, overrides: Exchange = {}): Promise<Answer> {
      const { token } = definition
      const refresh = definition.refresh || { rotates: false, url: undefined }
      const own = credentials(refresh.authentication ?? token.authentication)
      return send({
        url: fill(refresh.url ?? token.url),
        method: refresh.method ?? token.method ?? 'POST',
        format: refresh.body ?? token.body ?? 'form',
        ...overrides,
        params: {
          grant_type: 'refresh_token',
          refresh_token: refreshToken,
          ...(refresh.sendRedirectUri === true && { redirect_uri: redirectUri }),
          ...fillAll(refresh.params),
          ...own.params,
          ...overrides.params,
        },
        headers: { ...lower(refresh.headers ?? token.headers), ...own.headers, ...overrides.headers },
      })
    },
    revoke(token: string, overrides: Exchange = {}): Promise<Answer> {
      const { revocation } = definition
      if (!revocation) throw new Error('no revocation')
      const byToken = revocation.authentication === 'access_token'
      const own =
        byToken || revocation.authentication === 'none' ? {} : credentials(revocation.authentication)
      const none = revocation.body === 'none'
      return send({
        url: fill(revocation.url),
        method: revocation.method ?? 'POST',
        format: none ? 'form' : ((revocation.body ?? 'form') as 'form'),
        ...(none && { rawBody: '' }),
        ...overrides,
        params: {
          ...(!none && { [revocation.parameter ?? 'token']: token }),
          ...fillAll(revocation.params),
          ...own.params,
          ...overrides.params,
        },
        headers: {
          ...lower(revocation.headers),
          ...own.headers,
          ...(byToken && credential(token)),
          ...overrides.headers,
        },
      })
    },
    async get(url: string, token: string | undefined, init: RequestInit = {}): Promise<Answer> {
      const headers = new Headers({
        accept: 'application/json',
        ...(token !== undefined && credential(token)),
      })
      for (const [name, value] of Object.entries(definition.api.headers ?? {})) headers.set(name, fill(value))
      for (const [name, value] of new Headers(init.headers)) headers.set(name, value)
      return answer(await fetch(fill(url), { ...init, headers, redirect: 'manual' }))
    },
  }

  function credential(token: string): Record<string, string> {
    const own = definition.api.credential ?? { header: 'Authorization', value: 'Bearer {accessToken}' }
    if ('json' in own) return {}
    if ('header' in own) return { [own.header]: fill(own.value.replace('{accessToken}', token)) }
    const { username, password } = own.basic
    const halves = fill(`${username}:${password}`.replace('{accessToken}', token))
    return { authorization: `Basic ${Buffer.from(halves).toString('base64')}` }
  }
}

function lower(headers: Values | undefined): Values {
  return Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]))
}

function defined(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const result: Record<string, string> = {}
  for (const [name, value] of Object.entries(values)) if (value !== undefined) result[name] = value
  return result
}

const closing: (() => Promise<void>)[] = []

/** Ends the servers of a test; for `afterEach`. */
export async function closeAll(): Promise<void> {
  for (const close of closing.splice(0)) await close()
}

/** A simulator on loopback and a correct client of it. */
export async function listening(
  definition: OAuth2Definition,
  options: Partial<MockProviderOptions> = {},
  values: Values = {},
) {
  const clock = testClock()
  const mock = mockProvider<OAuth2Definition>(definition, {
    clientId,
    clientSecret,
    redirectUri,
    clock,
    ...options,
  })
  const server = await mock.listen()
  closing.push(() => server.close())
  const client = plainClient(server.definition, values)
  return {
    mock,
    client,
    clock,
    origin: server.origin,
    definition: server.definition,
    /** Approves and reads the code. */
    async code(overrides: Readonly<Record<string, string | undefined>> = {}, consent = {}): Promise<string> {
      const query = client.readCallback(await mock.approve(client.authorizationUrl(overrides), consent))
      const code = query.get('code')
      if (code === null) throw new Error(`no code: ${query}`)
      return code
    },
    async tokens(
      overrides: Readonly<Record<string, string | undefined>> = {},
      consent = {},
    ): Promise<Record<string, unknown>> {
      const { status, body, text } = await client.exchange(await this.code(overrides, consent))
      if (status !== 200) throw new Error(`HTTP ${status} ${text}`)
      return body
    },
  }
}
