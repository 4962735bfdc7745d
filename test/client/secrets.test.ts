import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MockAgent } from 'undici'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createOAuthClient } from '../../src/client.ts'
import { isOAuthError } from '../../src/errors/oauth-error.ts'
import type { ProviderDefinition } from '../../src/provider/definition.ts'
import { fileStore } from '../../src/stores/file-store.ts'
import { memoryStore } from '../../src/stores/memory-store.ts'
import type { Hooks, OAuthClientOptions, TokenStore } from '../../src/types.ts'
import {
  type Answer,
  type Arrived,
  type ProviderServer,
  startProviderServer,
} from '../support/provider-server.ts'
import { createLeakSearch, formsOf, type Secrets } from './leak-search.ts'

/** Characters that each encoding writes in its own way; Microsoft's secrets and refresh tokens hold `~`, `!` and `*`. */
const known = {
  clientSecret: 'cs-8Q~/+%= !x*y(z)"Kj4w',
  code: '4/0c-P+q~R!sT*u%vW=xYz:9',
  accessToken: 'at-1.aB/cD+eF~gH=iJ!kLm',
  refreshToken: "rt-1_M.C5'0!*z/Y+x~w$V",
  nextAccessToken: 'at-2.nO/pQ+rS~tU=vW!xYz',
  nextRefreshToken: "rt-2_B.D7'1!*k/L+m~n$P",
  idToken: 'eyJ0.eyJzdWIiOiJhZGEi.s1g~n',
  sealingSecret: 'a sealing secret of more than 32 bytes, not to be seen',
} as const satisfies Secrets

const ref = { tenantId: 'tenant-1' }
const began = Date.UTC(2026, 10, 21)
const hour = 3_600_000

let server: ProviderServer
beforeAll(async () => {
  server = await startProviderServer(() => ({}))
})
afterAll(() => server.close())

/** Everything a process says without being asked. */
const overheard: { readonly where: string; readonly value: unknown }[] = []
const hear = (where: string) => (value: unknown) => overheard.push({ where, value })
const onWarning = hear('process warning')
const onDiagnostics = hear('diagnostics channel')
const channels = ['latchkey:request', 'latchkey:refresh', 'latchkey:connection']
beforeEach(() => {
  overheard.length = 0
  for (const method of ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const)
    vi.spyOn(console, method).mockImplementation((...said: unknown[]) => void hear(`console.${method}`)(said))
  process.on('warning', onWarning)
  for (const channel of channels) subscribe(channel, onDiagnostics)
})
afterEach(() => {
  vi.restoreAllMocks()
  process.off('warning', onWarning)
  for (const channel of channels) unsubscribe(channel, onDiagnostics)
})

type Place = 'exchange' | 'refresh' | 'revocation' | 'required discovery' | 'discovery' | 'identity' | 'api'

interface Style {
  readonly authentication?: 'client_secret_basic' | 'client_secret_post'
  readonly body?: 'form' | 'json' | 'query'
  /** The discovery request's failure fails the connect. */
  readonly required?: boolean
}

function definitionAt(
  origin: string,
  { authentication = 'client_secret_post', body = 'form', required = false }: Style,
) {
  return {
    id: 'acme',
    name: 'Acme',
    category: 'support',
    docs: ['https://acme.example/docs'],
    checked: '2026-11-21',
    protocol: 'oauth2',
    params: {
      org: { description: 'The organisation', pattern: '^[0-9]{1,9}$', example: '1', from: 'discovery' },
    },
    authorization: { url: `${origin}/authorize`, scopes: { default: ['read'] } },
    token: { url: `${origin}/token`, authentication, body },
    refresh: { rotates: true },
    revocation: { url: `${origin}/revoke`, authentication, body, token: 'refresh_token' },
    discovery: [{ url: `${origin}/org`, capture: { org: 'id' }, required }],
    identity: { request: { url: `${origin}/me` }, id: 'id', name: 'name' },
    api: { baseUrl: `${origin}/api` },
  } as const satisfies ProviderDefinition
}

function placeOf({ path, body }: Arrived): Place {
  if (path.startsWith('/token')) return `${path}${body}`.includes('refresh_token') ? 'refresh' : 'exchange'
  if (path.startsWith('/revoke')) return 'revocation'
  if (path.startsWith('/org')) return 'discovery'
  return path.startsWith('/me') ? 'identity' : 'api'
}

const good: Readonly<Record<Exclude<Place, 'required discovery'>, unknown>> = {
  exchange: {
    access_token: known.accessToken,
    refresh_token: known.refreshToken,
    id_token: known.idToken,
    expires_in: 3600,
  },
  refresh: { access_token: known.nextAccessToken, refresh_token: known.nextRefreshToken, expires_in: 3600 },
  revocation: {},
  discovery: { id: '7' },
  identity: { id: 'ada', name: 'Ada' },
  api: { ok: true },
}

type Misbehave = (arrived: Arrived, secrets: Secrets) => Answer | 'reset' | 'hang'

interface Scene extends Style {
  readonly at?: Place
  readonly misbehave?: Misbehave
  readonly options?: Partial<OAuthClientOptions>
}

/** One client at the provider that goes wrong at one place; what it says anywhere is collected. */
function scene({ at, misbehave, options = {}, ...style }: Scene) {
  const secrets: Record<string, string> = { ...known }
  server.respond((arrived) => {
    const place = placeOf(arrived)
    const verifier =
      new URLSearchParams(arrived.body).get('code_verifier') ??
      /"code_verifier":"([^"]+)"/.exec(arrived.body)?.[1]
    if (verifier) secrets.verifier = verifier
    const isHere = place === (at === 'required discovery' ? 'discovery' : at)
    if (isHere && misbehave) return misbehave(arrived, secrets)
    return { body: JSON.stringify(good[place === 'required discovery' ? 'discovery' : place]) }
  })
  const said: { where: string; value: unknown }[] = []
  const tell = (where: string) => (value: unknown) => void said.push({ where, value })
  const hooks: Hooks = {
    beforeConnect: tell('beforeConnect'),
    onConnected: tell('onConnected'),
    onRefreshed: tell('onRefreshed'),
    onReconnectRequired: tell('onReconnectRequired'),
    onDisconnected: tell('onDisconnected'),
    onError: tell('onError'),
    ...options.hooks,
  }
  const time = { ahead: 0 }
  const store = options.store ?? memoryStore()
  const client = createOAuthClient(
    definitionAt(server.origin, { ...style, required: at === 'required discovery' }),
    {
      clientId: 'client-1',
      clientSecret: known.clientSecret,
      redirectUri: 'https://app.example.com/oauth/acme/callback',
      secret: known.sealingSecret,
      clock: () => began + time.ahead,
      // What hangs is judged by this; everything else answers at once.
      timeout: 5_000,
      ...options,
      store,
      hooks,
    },
  )
  const note = async (where: string, run: () => Promise<unknown>) => {
    try {
      const value = await run()
      if (!(value instanceof Response)) said.push({ where: `result of ${where}`, value })
    } catch (error) {
      said.push({ where: `error of ${where}`, value: error })
      if (!isOAuthError(error)) said.push({ where, value: { 'not an OAuthError': error } })
    }
  }
  return {
    client,
    store,
    time,
    said,
    secrets,
    note,
    /** The whole life of a connection; steps after a failure fail in their own way, which is searched too. */
    async live() {
      let url: URL | undefined
      await note('authorize', async () => {
        const { url: text, state } = await client.authorize({
          ...ref,
          redirectPath: '/back',
          binding: 'browser',
        })
        url = new URL('https://app.example.com/oauth/acme/callback')
        url.searchParams.set('code', known.code)
        url.searchParams.set('state', state)
        return text
      })
      await note('callback', () => client.callback(url ?? '', { binding: 'browser' }))
      await note('callback again', () => client.callback(url ?? '', { binding: 'browser' }))
      await note('fetch', () => client.fetch(ref, '/things'))
      await note('refresh', () => client.refresh(ref))
      time.ahead = 3 * hour
      await note('expired token', async () => void (await client.getAccessToken(ref)))
      await note('connection', () => client.getConnection(ref))
      await note('disconnect', () => client.disconnect(ref))
      await note('close', () => client.close())
      // Warnings come a tick later.
      await new Promise((resolve) => setImmediate(resolve))
    },
    /** In words, each secret once for each thing that was said. */
    leaks(): string[] {
      const search = createLeakSearch(secrets)
      const found = [...said, ...overheard].flatMap(({ where, value }) =>
        search.inValue(where, value).map((leak) => `${where}: ${leak.secret} (${leak.form})`),
      )
      return [...new Set(found)]
    },
  }
}

/** The errors that arose, to show that a fault did what it was to do. */
function codesOf(said: readonly { readonly value: unknown }[]): string[] {
  const errorsIn = (value: unknown): unknown[] =>
    typeof value === 'object' && value !== null && 'error' in value && !isOAuthError(value)
      ? [value.error]
      : [value]
  return said
    .flatMap(({ value }) => errorsIn(value))
    .flatMap((value) => (isOAuthError(value) ? [value.code] : []))
}

// ---- What a provider can echo, and where it puts it.

/** What each request can know: what it was sent, and what the flow holds by then. */
const echoed: Readonly<Record<Place, readonly string[]>> = {
  exchange: ['clientSecret', 'code', 'verifier'],
  'required discovery': ['accessToken', 'refreshToken', 'clientSecret', 'code', 'verifier'],
  discovery: ['accessToken', 'refreshToken', 'clientSecret', 'code', 'verifier'],
  identity: ['accessToken', 'refreshToken', 'clientSecret', 'code', 'verifier'],
  refresh: ['clientSecret', 'refreshToken', 'accessToken'],
  // By then the connection has been refreshed once.
  revocation: ['clientSecret', 'nextRefreshToken', 'nextAccessToken'],
  api: [],
}

const base64 = (text: string) => Buffer.from(text).toString('base64')
const encodings: Readonly<Record<string, (secret: string) => string>> = {
  raw: (secret) => secret,
  'percent-encoded': encodeURIComponent,
  'percent-encoded in lower case': (secret) => formsOf(secret)['percent, lower case'] ?? '',
  'percent-encoded by RFC 3986': (secret) => formsOf(secret)['percent, strict'] ?? '',
  'form-encoded': (secret) => formsOf(secret).form ?? '',
  Base64: base64,
  Base64url: (secret) => Buffer.from(secret).toString('base64url'),
}

const escapeHtml = (text: string) =>
  text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;')
const html = (status: number, title: string): Answer => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: `<!doctype html><title>${escapeHtml(title)}</title><p>${escapeHtml(title)}</p>`,
})
const json = (status: number, body: unknown, headers: Record<string, string> = {}): Answer => ({
  status,
  headers,
  body: JSON.stringify(body),
})

const carriers: Readonly<Record<string, (echo: string) => Answer>> = {
  'error_description of a 400': (echo) => json(400, { error: 'invalid_request', error_description: echo }),
  'error of a 400': (echo) => json(400, { error: echo }),
  'description of an invalid_grant': (echo) => json(400, { error: 'invalid_grant', error_description: echo }),
  'an error object under HTTP 200': (echo) => json(200, { error: { code: echo, message: echo } }),
  'message of a 503': (echo) => json(503, { error: 'busy', message: echo }),
  'a 429': (echo) => json(429, { error: 'slow_down', error_description: echo }, { 'retry-after': '1' }),
  'the title of a page': (echo) => html(500, echo),
  'the end of a long title': (echo) => html(200, `${'sorry '.repeat(64)}${echo}`),
  'the cut of a long description': (echo) =>
    json(400, { error: 'invalid_request', error_description: `${'sorry '.repeat(81)}${echo}` }),
  'the address of a redirect': (echo) => ({
    status: 302,
    headers: { location: `/next?${encodeURIComponent(echo)}` },
  }),
  headers: (echo) =>
    json(401, {}, { 'x-echo': encodeURI(echo), 'www-authenticate': `Bearer error="${encodeURI(echo)}"` }),
  'plain words': (echo) => ({ status: 400, headers: { 'content-type': 'text/plain' }, body: `No: ${echo}` }),
  'half a JSON': (echo) => ({ status: 200, body: `{"access_token":${JSON.stringify(echo)},` }),
  'a token of a wrong type': (echo) =>
    json(200, { access_token: { value: echo }, id: { value: echo }, name: [echo] }),
  'a token with a control character': (echo) =>
    json(200, { access_token: `${echo}\n`, refresh_token: `${echo}\n` }),
  'more than 1 MiB': (echo) =>
    json(200, { error: echo, padding: echo.repeat(Math.ceil(2 ** 20 / echo.length)) }),
}

const failing = Object.keys(echoed).filter((place): place is Exclude<Place, 'api'> => place !== 'api')

describe.each(failing)('a provider that echoes secrets at the %s', (at) => {
  it.each(Object.keys(carriers))('in %s', async (carrier) => {
    const found: Record<string, string[]> = {}
    for (const [encoding, encode] of Object.entries(encodings)) {
      const echo = (secrets: Secrets) => echoed[at].map((name) => encode(secrets[name] ?? '')).join(' ')
      const { live, leaks, said } = scene({
        at,
        misbehave: (_arrived, secrets) => carriers[carrier]?.(echo(secrets)) ?? {},
      })
      await live()
      expect(said.length).toBeGreaterThan(5)
      const here = leaks()
      if (here.length > 0) found[encoding] = here
    }
    expect(found).toEqual({})
  })

  it.each([
    { authentication: 'client_secret_basic', body: 'form' },
    { authentication: 'client_secret_post', body: 'form' },
    { authentication: 'client_secret_post', body: 'json' },
    { authentication: 'client_secret_post', body: 'query' },
  ] as const)('by repeating the request: $authentication, $body', async (style) => {
    const found: Record<string, string[]> = {}
    for (const carrier of [
      'error_description of a 400',
      'the title of a page',
      'error of a 400',
      'message of a 503',
    ]) {
      const { live, leaks, said } = scene({
        ...style,
        at,
        misbehave: ({ headers, path, body }) =>
          carriers[carrier]?.(`${headers.authorization ?? ''} ${body} ${path}`) ?? {},
      })
      await live()
      expect(codesOf(said).length).toBeGreaterThan(0)
      const here = leaks()
      if (here.length > 0) found[carrier] = here
    }
    expect(found).toEqual({})
  })

  it('by naming tokens beside an error', async () => {
    const { live, leaks } = scene({
      at,
      misbehave: () =>
        json(400, {
          error: 'invalid_request',
          error_description: `not ${known.nextAccessToken}, ${known.nextRefreshToken} or ${known.idToken}`,
          access_token: known.nextAccessToken,
          refresh_token: known.nextRefreshToken,
          id_token: known.idToken,
        }),
    })
    await live()
    expect(leaks()).toEqual([])
  })
})

describe('words that a provider gives for good', () => {
  it('an account named after the secrets', async () => {
    const found: Record<string, string[]> = {}
    for (const [encoding, encode] of Object.entries(encodings)) {
      const { live, leaks } = scene({
        at: 'identity',
        misbehave: (_arrived, secrets) => {
          const echo = echoed.identity.map((name) => encode(secrets[name] ?? '')).join(' ')
          return json(200, { id: echo, name: echo })
        },
      })
      await live()
      if (leaks().length > 0) found[encoding] = leaks()
    }
    expect(found).toEqual({})
  })

  it('a denial that quotes the code', async () => {
    const { client, said, note, leaks } = scene({})
    for (const encode of Object.values(encodings)) {
      const { state } = await client.authorize(ref)
      const query = new URLSearchParams({
        error: 'access_denied',
        error_description: `no ${encode(known.code)}`,
        code: known.code,
        state,
      })
      await note('denied', () => client.callback(query))
    }
    expect(codesOf(said)).toEqual(Object.keys(encodings).map(() => 'authorization_denied'))
    expect(leaks()).toEqual([])
  })
})

// ---- Requests that get no answer.

const everything = (request: unknown, init: unknown) =>
  `could not send ${String(request)} ${JSON.stringify(init)} ${Object.values(known).join(' ')}`

const brokenFetches: Readonly<Record<string, (request: unknown, init: unknown) => unknown>> = {
  'an error that quotes the request': (request, init) => new TypeError(everything(request, init)),
  'an error with the request on it': (request, init) =>
    Object.assign(new Error('failed'), {
      request,
      init,
      config: { url: request, data: init },
      code: 'ECONNRESET',
    }),
  'a chain of causes': (request, init) =>
    new TypeError('fetch failed', {
      cause: Object.assign(new Error(everything(request, init), { cause: everything(request, init) }), {
        code: 'ENOTFOUND',
        hostname: everything(request, init),
      }),
    }),
  'an error whose code is a sentence': (request, init) =>
    Object.assign(new Error('failed'), { code: everything(request, init), name: everything(request, init) }),
  'a string': (request, init) => everything(request, init),
  'an AggregateError': (request, init) =>
    new AggregateError([new Error(everything(request, init))], 'all failed'),
}

describe('requests that get no answer', () => {
  it.each(Object.keys(brokenFetches))('a fetch of the application that throws %s', async (kind) => {
    for (const body of ['form', 'json', 'query'] as const) {
      for (const broken of ['/token', '/api', '/me', '/org', '/revoke', '/'] as const) {
        const { live, leaks, said } = scene({
          body,
          options: {
            fetch: async (request, init) => {
              if (String(request).startsWith(`${server.origin}${broken}`))
                throw brokenFetches[kind]?.(request, init)
              return globalThis.fetch(request, init)
            },
          },
        })
        await live()
        expect(codesOf(said)).toContain('network')
        expect(leaks()).toEqual([])
        expect(
          said.filter(
            ({ value }) => typeof value === 'object' && value !== null && 'not an OAuthError' in value,
          ),
        ).toEqual([])
      }
    }
  })

  it.each(['exchange', 'refresh', 'revocation', 'discovery', 'identity', 'api'] as const)(
    'a reset at the %s',
    async (at) => {
      const { live, leaks, said } = scene({ at, body: 'query', misbehave: () => 'reset' })
      await live()
      expect(codesOf(said)).toContain('network')
      expect(leaks()).toEqual([])
    },
  )

  it.each(['exchange', 'refresh', 'revocation', 'identity', 'api'] as const)(
    'silence at the %s',
    async (at) => {
      const { live, leaks, said } = scene({
        at,
        body: 'query',
        misbehave: () => 'hang',
        options: { timeout: 150 },
      })
      await live()
      expect(codesOf(said)).toContain('timeout')
      expect(leaks()).toEqual([])
    },
  )

  it('a dispatcher whose errors quote the path with its query', async () => {
    const dispatcher = new MockAgent()
    dispatcher.disableNetConnect()
    const { live, leaks, said } = scene({ body: 'query', options: { dispatcher } })
    await live()
    await dispatcher.close()
    expect(codesOf(said)).toContain('network')
    expect(leaks()).toEqual([])
  })

  it('a token that fits no header', async () => {
    const odd = 'at-€-0123456789-abcdef'
    const { live, leaks, said, secrets } = scene({
      at: 'exchange',
      misbehave: () => json(200, { access_token: odd, refresh_token: known.refreshToken }),
    })
    secrets.odd = odd
    await live()
    expect(leaks()).toEqual([])
    expect(
      said.filter(({ value }) => typeof value === 'object' && value !== null && 'not an OAuthError' in value),
    ).toEqual([])
  })
})

// ---- Stores.

/** A store whose drivers quote what they were given, as they do. */
function quotingStore(broken: 'load' | 'save' | 'remove' | 'save later'): TokenStore {
  const store = memoryStore()
  let saves = 0
  const fail = (...what: unknown[]) => {
    const text = JSON.stringify(what)
    return Object.assign(new Error(`statement failed: ${text}`, { cause: text }), {
      detail: text,
      parameters: what,
      code: text,
    })
  }
  return {
    async load(key) {
      if (broken === 'load') throw fail(key)
      return store.load(key)
    },
    async save(record, options) {
      saves++
      if (broken === 'save' || (broken === 'save later' && saves > 1)) throw fail(record, options)
      return store.save(record, options)
    },
    async remove(key, options) {
      if (broken === 'remove') throw fail(key, await store.load(key))
      return store.remove(key, options)
    },
    list: (filter) => store.list(filter),
  }
}

describe('stores', () => {
  it.each(['load', 'save', 'remove', 'save later'] as const)(
    'a store that quotes the record when %s fails',
    async (broken) => {
      const inner = quotingStore(broken)
      const sealed: string[] = []
      const store: TokenStore = {
        ...inner,
        save(record, options) {
          sealed.push(record.sealed)
          return inner.save(record, options)
        },
      }
      const { live, leaks, said, secrets } = scene({ options: { store } })
      await live()
      sealed.forEach((text, index) => {
        secrets[`sealed ${index}`] = text
      })
      expect(codesOf(said)).toContain('store_failed')
      expect(leaks()).toEqual([])
      expect(
        said.filter(
          ({ value }) => typeof value === 'object' && value !== null && 'not an OAuthError' in value,
        ),
      ).toEqual([])
    },
  )

  it('a coordinator that fails is store_failed, in words of ours', async () => {
    const { live, leaks, said } = scene({
      options: {
        coordinator: {
          claim: async (key) => {
            throw new Error(`could not claim ${key} with ${known.sealingSecret}`)
          },
          withLease: async (key) => {
            throw new Error(`could not lease ${key} with ${known.sealingSecret}`)
          },
        },
      },
    })
    await live()
    expect(leaks()).toEqual([])
    expect(codesOf(said)).toContain('store_failed')
  })

  it('the records of memoryStore hold nothing in clear', async () => {
    const { client, store, secrets, note, said } = scene({})
    const { state } = await client.authorize(ref)
    await client.callback(new URLSearchParams({ code: known.code, state }))
    await client.refresh(ref)
    const search = createLeakSearch(secrets)
    if (!('load' in store)) throw new Error('not a TokenStore')
    let records = 0
    for await (const record of store.list({})) {
      records++
      expect(record.sealed.length).toBeGreaterThan(100)
      expect(search.inValue('record', record)).toEqual([])
    }
    expect(records).toBe(1)
    await note('connection', () => client.getConnection(ref))
    expect(said.at(-1)?.value).toMatchObject({ account: { id: 'ada' }, params: { org: '7' } })
    expect(JSON.stringify(said.at(-1)?.value)).not.toContain('sealed')
  })

  it('the files of fileStore hold nothing in clear', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'latchkey-secrets-'))
    try {
      const store = fileStore(directory)
      const { client, secrets } = scene({ options: { store } })
      const { state } = await client.authorize({ ...ref, userId: 'user-in-clear' })
      await client.callback(new URLSearchParams({ code: known.code, state }))
      await client.refresh(ref)
      await store.close?.()
      const search = createLeakSearch(secrets)
      const names = await readdir(directory)
      const files = await Promise.all(
        names.map(async (name) => ({ name, bytes: await readFile(join(directory, name)) })),
      )
      // The search reads what is there: what stands in clear is found.
      expect(files.some(({ bytes }) => bytes.includes('user-in-clear'))).toBe(true)
      for (const { name, bytes } of files) expect(search.inBytes(name, bytes)).toEqual([])
    } finally {
      await rm(directory, { recursive: true })
    }
  })
})

describe('what is made before the callback', () => {
  it('the URL and the state hold neither the verifier nor a secret', async () => {
    const { client, secrets } = scene({})
    const { url, state } = await client.authorize({ ...ref, binding: 'a binding of the browser' })
    await client.callback(new URLSearchParams({ code: known.code, state }), {
      binding: 'a binding of the browser',
    })
    expect(secrets.verifier).toMatch(/^[\w-]{43}$/)
    expect(createLeakSearch({ ...secrets, binding: 'a binding of the browser' }).inText('url', url)).toEqual(
      [],
    )
  })

  it('a client that cannot be made, and one that is printed', () => {
    const search = createLeakSearch(known)
    const options = { clientId: 'client-1', clientSecret: known.clientSecret, redirectUri: 'nowhere' }
    const make = () =>
      createOAuthClient(definitionAt(server.origin, {}), { ...options, secret: known.sealingSecret })
    let error: unknown
    try {
      make()
    } catch (thrown) {
      error = thrown
    }
    expect(isOAuthError(error) && error.code).toBe('config_invalid')
    expect(search.inValue('error', error)).toEqual([])
    expect(search.inValue('client', scene({}).client)).toEqual([])
  })
})

// ---- The search itself: one that finds nothing proves nothing.

describe('the search', () => {
  const search = createLeakSearch({ token: known.accessToken })
  const forms = Object.entries(formsOf(known.accessToken))

  it.each(forms)('knows the form: %s', (_form, text) => {
    expect(search.inText('text', `before ${text} after`)).toMatchObject([{ where: 'text', secret: 'token' }])
  })

  it('finds Base64 whatever stands around the secret', () => {
    for (const before of ['', 'a', 'ab', 'abc', 'client-1:'])
      for (const after of ['', 'z', 'yz', 'xyz']) {
        const text = base64(`${before}${known.accessToken}${after}`)
        expect(search.inText('text', text)).toHaveLength(1)
        expect(search.inText('text', text.replace(/\+/g, '-').replace(/\//g, '_'))).toHaveLength(1)
      }
  })

  it('finds a part of a secret, and not a shorter one', () => {
    expect(search.inText('text', known.accessToken.slice(0, 12))).toHaveLength(1)
    expect(search.inText('text', known.accessToken.slice(-12))).toHaveLength(1)
    expect(search.inText('text', known.accessToken.slice(0, 8))).toEqual([])
  })

  const carried: Readonly<Record<string, (text: string) => unknown>> = {
    'a message': (text) => new Error(text),
    'a cause': (text) => new Error('x', { cause: new Error('y', { cause: text }) }),
    'a stack': (text) => Object.assign(new Error('x'), { stack: text }),
    'a hidden property': (text) => Object.defineProperty(new Error('x'), 'hidden', { value: text }),
    'a symbol': (text) => Object.assign(new Error('x'), { [Symbol('s')]: { deep: text } }),
    'a getter': (text) => Object.defineProperty({}, 'later', { get: () => text }),
    'a key': (text) => ({ [text]: 1 }),
    'a Map': (text) => new Map([['a', new Set([text])]]),
    bytes: (text) => ({ body: Buffer.from(text) }),
    'a URL': (text) => ({ at: new URL(`https://x.example/?t=${encodeURIComponent(text)}`) }),
    JSON: (text) => ({ toJSON: () => text }),
    'an AggregateError': (text) => new AggregateError([new Error(text)]),
  }
  it.each(Object.keys(carried))('looks into %s', (carrier) => {
    expect(search.inValue('it', carried[carrier]?.(known.accessToken)).length).toBeGreaterThan(0)
    expect(search.inValue('it', carried[carrier]?.('harmless'))).toEqual([])
  })

  it('hears hooks, the console, warnings and diagnostics of a scene', async () => {
    const leaky = scene({
      options: {
        hooks: {
          onConnected: () => {
            console.warn(`connected with ${known.accessToken}`)
            process.emitWarning(`warned of ${known.refreshToken}`)
            // A hook's own error is passed on as the cause: what the application puts there comes out.
            throw new Error(known.code)
          },
        },
      },
    })
    await leaky.live()
    const found = leaky.leaks()
    expect(found).toContain('console.warn: accessToken (raw)')
    expect(found).toContain('process warning: refreshToken (raw)')
    expect(found).toContain('onError: code (raw)')
  })

  it('is quiet about a life without failure', async () => {
    const { live, leaks, said } = scene({})
    await live()
    expect(codesOf(said)).toEqual(['state_replayed'])
    expect(said.map(({ where }) => where)).toContain('onDisconnected')
    expect(leaks()).toEqual([])
  })
})
