import { describe, expect, it } from 'vitest'
import { OAuthError } from '../../src/errors/oauth-error.ts'
import type { SyncQueue } from '../../src/sync/queue.ts'
import type { SyncStore } from '../../src/types.ts'
import { carriers, encodings } from '../client/secrets/carriers.ts'
import { json, known } from '../client/secrets/provider.ts'
import { syncStage } from '../client/secrets/sync-scene.ts'

// The library promises that no secret, token, code or provider body reaches an error, a log, an event, a store in clear or
// a URL. This holds it for everything that a historical sync keeps and says.
const { scene } = syncStage()
const password = 'pw-9Z~q/8+x=7!w*v(u)t'
const echoes = [known.accessToken, known.nextAccessToken]

describe('the search', () => {
  it('hears the stored documents, the queue, hooks, the streams and the answers of the handler', async () => {
    const told = scene({
      api: () => json(200, { items: [1] }),
      more: { told: 'tenant-1 is a name to be found' },
    })
    await told.live()
    const wheres = new Set(told.said.map(({ where }) => where))
    for (const where of [
      'stored document',
      'queue message',
      'onChange',
      'get',
      'list',
      'history',
      'watch',
      'answer of /oauth',
      'answer of /oauth/sync',
      'answer of /oauth/acme/sync',
      'events of /oauth/sync',
      'events of /oauth/acme/sync',
      'address of a request',
    ])
      expect(wheres, where).toContain(where)
    for (const { where, value } of told.said)
      if (/^(events|answer)/.test(where)) expect(JSON.stringify(value), where).toContain('completed')
    expect(told.leaks()).toEqual([])
  })

  it('finds what an application puts into its own cursor, also in the streams', async () => {
    // The application’s own doing, so it comes out: which shows that the search would find it.
    const leaky = scene({
      run: async (_window, { report }) => {
        await report({ cursor: known.accessToken })
        throw new OAuthError({ code: 'provider_error', detail: known.refreshToken })
      },
    })
    await leaky.live()
    const found = leaky.leaks().map((each) => each.replace(/ \(.*/, ''))
    // A cursor is stored and given back to run; nobody else is shown it.
    expect(found.filter((leak) => leak.endsWith('accessToken'))).toEqual(['stored document: accessToken'])
    for (const where of ['get', 'list', 'history', 'watch', 'onChange', 'onError', 'stored document'])
      expect(found).toContain(`${where}: refreshToken`)
    for (const where of ['answer of /oauth/sync', 'events of /oauth/sync', 'events of /oauth/acme/sync'])
      expect(found).toContain(`${where}: refreshToken`)
  })
})

describe('a provider that echoes the access token', () => {
  it.each(Object.keys(carriers))('in %s', async (carrier) => {
    const found: Record<string, string[]> = {}
    for (const [encoding, encode] of Object.entries(encodings)) {
      const answer = carriers[carrier]?.(echoes.map(encode).join(' '))
      // client.fetch sits a short wait out, which would only be slow here.
      const it = scene({ api: () => ({ ...answer, headers: { ...answer?.headers, 'retry-after': '0' } }) })
      const run = await it.live()
      expect(run?.status).toBe('failed')
      // Where a redirect leads is the provider's own doing.
      const here = it.leaks().filter((leak) => !leak.startsWith('address of a request'))
      if (here.length > 0) found[encoding] = here
    }
    expect(found).toEqual({})
  })
})

describe('what else a provider can do', () => {
  it('GraphQL errors under HTTP 200 that quote the token', async () => {
    for (const encode of Object.values(encodings)) {
      const echo = echoes.map(encode).join(' ')
      const errors = [
        { message: echo, extensions: { code: echo, type: echo, field: echo } },
        { message: echo, extensions: { type: `THROTTLED ${echo}` }, path: [echo] },
      ]
      for (const error of errors) {
        const it = scene({ api: () => json(200, { data: { token: echo }, errors: [error], items: [] }) })
        expect(await it.live()).toMatchObject({ status: 'failed', error: { code: 'provider_error' } })
        expect(it.leaks()).toEqual([])
      }
    }
  })

  it('words far behind in a long body', async () => {
    const it = scene({
      api: () =>
        json(400, {
          padding: 'x1 '.repeat(10_000),
          error: 'no',
          error_description: `not ${known.accessToken}`,
        }),
    })
    expect((await it.live())?.error?.message).toContain('not [redacted]')
    expect(it.leaks()).toEqual([])
  })

  it('a refresh that fails in the middle of a run', async () => {
    for (const [name, carrier] of Object.entries(carriers)) {
      const it = scene({
        api: (_arrived, index, origin) =>
          index === 0 ? json(200, { items: [1], next: `${origin}/api/items?page=2` }) : json(401, {}),
        refresh: () => carrier([known.refreshToken, known.clientSecret, known.accessToken].join(' ')),
      })
      const run = await it.live()
      expect(run, name).toMatchObject({ status: 'failed', progress: { records: 1 } })
      expect(it.leaks(), name).toEqual([])
    }
  })

  it('items that hold tokens, which go to save and nowhere else', async () => {
    const saved: unknown[] = []
    const item = { id: known.accessToken, refresh_token: known.refreshToken }
    const it = scene({
      api: (_arrived, index, origin) =>
        json(200, { items: [item], ...(index === 0 && { next: `${origin}/api/items?page=2` }) }),
      save: (items) => saved.push(...items),
    })
    expect(await it.live()).toMatchObject({ status: 'completed', progress: { records: 2 } })
    expect(saved).toEqual([item, item])
    expect(it.leaks()).toEqual([])
  })

  const written: Readonly<Record<string, (token: string) => string>> = {
    'as the first parameter': (token) => `access_token=${token}&page=2`,
    'as the last parameter': (token) => `page=2&access_token=${token}`,
    'under another name': (token) => `page=2&OAuth-Token=${token}&api_key=${token}&client_secret=${token}`,
    'under a name that is encoded': (token) => `access%5Ftoken=${token}&page=2`,
    'in a fragment': (token) => `page=2#access_token=${token}`,
    'in an address inside': (token) =>
      `page=2&self=${encodeURIComponent(`https://acme.example/items?access_token=${token}&limit=2`)}`,
  }
  const encoded = ['percent-encoded', 'percent-encoded by RFC 3986', 'form-encoded', 'Base64url'] as const

  it.each(Object.keys(written))('a next address with the access token %s', async (place) => {
    const paging = {
      url: { by: 'url', at: 'next' },
      link: { by: 'link' },
      cursor: { by: 'cursor', at: 'next', query: 'cursor' },
    } as const
    for (const [by, page] of Object.entries(paging))
      for (const encoding of encoded) {
        const query = written[place]?.(encodings[encoding]?.(known.accessToken) ?? '') ?? ''
        const it = scene({
          history: { page },
          api: (_arrived, index, origin) => {
            const next = `${origin}/api/items?${query}`
            const headers = { link: `<${next}>; rel="next"` }
            return index === 0 ? json(200, { items: [1], next }, headers) : json(200, { items: [2] })
          },
        })
        expect(await it.live(), by).toMatchObject({ status: 'completed', progress: { records: 2 } })
        const second = it.said.filter(({ where }) => where === 'address of a request')[1]?.value
        expect(decodeURIComponent(String(second)), by).toContain('page=2')
        expect(it.leaks(), `${by}, ${encoding}`).toEqual([])
      }
  })
})

describe('the application', () => {
  const quoting: Readonly<Record<string, (text: string) => unknown>> = {
    'an Error': (text) => Object.assign(new Error(text), { token: text, [Symbol('of its own')]: text }),
    'an error with a cause': (text) => new Error('outer', { cause: new Error(text) }),
    'an AggregateError': (text) => new AggregateError([new Error(text)], text),
    'an Error named so': (text) => Object.assign(new Error('no'), { name: text }),
    'a text': (text) => text,
    'an object': (text) => ({ message: text, code: text, retryAfter: text, hint: text }),
    'what looks like an OAuthError': (text) =>
      Object.assign(new Error(text), { name: 'OAuthError', code: text, hint: text, retryable: true }),
    nothing: () => undefined,
  }

  it.each(Object.keys(quoting))(
    'that throws %s in run is quoted nowhere but in its own cause',
    async (kind) => {
      const thrown = quoting[kind]?.(`no ${known.accessToken}`)
      const it = scene({
        run: () => {
          throw thrown
        },
      })
      it.thrown.add(thrown)
      expect(await it.live()).toMatchObject({ status: 'failed', error: { code: 'hook_failed' } })
      expect(it.leaks()).toEqual([])
    },
  )

  it('whose save fails is quoted nowhere else either', async () => {
    const thrown = new Error(`insert failed: ${known.accessToken}`)
    const it = scene({
      api: () => json(200, { items: [{ token: known.accessToken }] }),
      save: () => {
        throw thrown
      },
    })
    it.thrown.add(thrown)
    expect(await it.live()).toMatchObject({ status: 'failed', error: { code: 'hook_failed' } })
    expect(it.leaks()).toEqual([])
  })

  it.each(['load', 'save', 'list'] as const)(
    'whose store fails to %s, in words with a password',
    async (method) => {
      let broken = false
      let failures = 0
      const fail = (...what: unknown[]) => {
        failures += 1
        const text = `postgres://app:${password}@db/app: ${JSON.stringify(what)}`
        return Object.assign(new Error(text, { cause: text }), {
          detail: text,
          parameters: [password],
          code: text,
        })
      }
      const syncs = (store: SyncStore): SyncStore => ({
        load: async (id) => {
          if (broken && method === 'load') throw fail(id)
          return store.load(id)
        },
        save: async (document, options) => {
          if (broken && method === 'save') throw fail(document)
          return store.save(document, options)
        },
        remove: (id, options) => store.remove(id, options),
        async *list(filter) {
          if (broken && method === 'list') throw fail(filter)
          yield* store.list(filter)
        },
      })
      const it = scene({
        syncs,
        more: { password },
        api: () => {
          broken = true
          return json(200, { items: [1] })
        },
      })
      await it.live(async () => {
        await expect.poll(() => broken, { timeout: 5_000 }).toBe(true)
      })
      expect(failures).toBeGreaterThan(0)
      expect(it.leaks()).toEqual([])
    },
  )

  it('whose queue fails, in words with a password', async () => {
    const fail = () =>
      Object.assign(new Error(`redis://:${password}@queue refused`), {
        command: { name: 'auth', args: [password] },
      })
    const queue: SyncQueue = {
      add: () => Promise.reject(fail()),
      async work(_process, { failed }) {
        failed(fail())
        return { close: async () => undefined }
      },
    }
    const it = scene({ queue, more: { password } })
    await it.live(async () => undefined)
    expect(it.said.filter(({ where }) => where === 'onError').length).toBeGreaterThan(1)
    expect(it.leaks()).toEqual([])
  })
})
