import { afterEach, describe, expect, it } from 'vitest'
import { readText } from '../../src/provider/path.ts'
import { mockProvider } from '../../src/testing/index.ts'
import type { MockProviderOptions } from '../../src/testing/options.ts'
import { answer, redirectUri, testClock } from './plain-client.ts'
import { linked } from './protocol-definitions.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const completion = `${redirectUri}&state=flow-1`
const fixed = { 'x-client': 'c', 'x-secret': 's', 'linked-version': '1' }

/** A simulator, and a correct client of it by hand. */
async function linking(options: Partial<MockProviderOptions> = {}) {
  const clock = testClock()
  // Headers take no other letters than these.
  const mock = mockProvider(linked, { clientId: 'c', clientSecret: 's', redirectUri, clock, ...options })
  const server = await mock.listen()
  closing.push(() => server.close())
  const host = `${server.origin}/production.linked.example`

  async function post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) {
    const all = { 'content-type': 'application/json', ...fixed, ...headers }
    const answered = await answer(
      await fetch(`${host}${path}`, { method: 'POST', headers: all, body: JSON.stringify(body) }),
    )
    return { ...answered, read: (path: string) => readText(answered.json, path) }
  }

  const createBody = (more: object = {}) => ({
    client_name: 'App',
    user: { id: 'u-1' },
    products: ['transactions'],
    hosted: { completion },
    ...more,
  })
  return {
    mock,
    clock,
    host,
    post,
    createBody,
    create: (more?: object, headers?: Readonly<Record<string, string>>) =>
      post('/link/create', createBody(more), headers),
    update: (accessToken: string) => {
      const { products: _products, ...rest } = createBody()
      return post('/link/create', { ...rest, access_token: accessToken })
    },
    session: (linkToken: string | undefined) => post('/link/get', { link_token: linkToken }),
    exchange: (publicToken: string | undefined) => post('/exchange', { public_token: publicToken }),
    api: (accessToken: string | undefined) => post('/things', { access_token: accessToken, count: 5 }),
    async publicToken(consent = {}): Promise<string | undefined> {
      const made = await this.create()
      await mock.approve(made.read('hosted_url') ?? '', consent)
      return (await this.session(made.read('link_token'))).read(linked.link.publicToken)
    },
    async connect(consent = {}): Promise<string> {
      return (await this.exchange(await this.publicToken(consent))).read('access_token') ?? ''
    },
  }
}

describe('a correct flow', () => {
  it('gives a link token, a page, a public token, an access token', async () => {
    const simulator = await linking({ account: { id: 'item-9' } })
    const made = await simulator.create()
    expect(made.status).toBe(200)
    const page = made.read('hosted_url') ?? ''
    expect(page.startsWith(`${simulator.host}/`)).toBe(true)
    const linkToken = made.read('link_token')
    const waiting = await simulator.session(linkToken)
    expect(waiting.json).toEqual({ link_token: linkToken })
    expect(await simulator.mock.approve(page)).toBe(completion)
    const done = await simulator.session(linkToken)
    expect(done.read('sessions[0].finished_at')).toMatch(/^2026-11-21T/)
    const exchanged = await simulator.exchange(done.read(linked.link.publicToken))
    expect(exchanged.json).toEqual({ access_token: expect.any(String) })
    const token = exchanged.read('access_token')
    expect((await simulator.api(token)).json).toEqual({ ok: true, path: '/things' })
    const item = await simulator.post('/item/get', { access_token: token })
    expect(item.json).toEqual({ item: { item_id: 'item-9' } })
    expect(simulator.mock.requests.map(({ endpoint }) => endpoint)).toEqual([
      'link',
      'session',
      'session',
      'exchange',
      'api',
      'identity',
    ])
  })

  it('shows the page in a browser, once', async () => {
    const simulator = await linking()
    const page = (await simulator.create()).read('hosted_url') ?? ''
    expect(await (await fetch(page)).text()).toContain('<li>transactions</li>')
    const decide = () =>
      fetch(page, { method: 'POST', body: new URLSearchParams({ decision: 'approve' }), redirect: 'manual' })
    expect((await decide()).headers.get('location')).toBe(completion)
    expect((await decide()).status).toBe(400)
  })

  it('tells in the session that the user left, and sends the browser to the same place', async () => {
    const simulator = await linking()
    const made = await simulator.create()
    expect(await simulator.mock.deny(made.read('hosted_url') ?? '')).toBe(completion)
    const session = await simulator.session(made.read('link_token'))
    expect(session.read('sessions[0].exit.code')).toBe('access_denied')
    expect(session.read('sessions[0].exit.words')).toMatch(/./)
    expect(session.read(linked.link.publicToken)).toBeUndefined()
  })

  it('needs no user id', async () => {
    const simulator = await linking()
    expect((await simulator.create({ user: {} })).status).toBe(200)
  })
})

describe('a wrong request', () => {
  it.each([
    ['without the client', {}, { 'x-client': 'other' }, 'invalid_client'],
    ['with another secret', {}, { 'x-secret': 'other' }, 'invalid_client'],
    ['without the fixed header', {}, { 'linked-version': '0' }, 'invalid_request'],
    ['as a form', {}, { 'content-type': 'application/x-www-form-urlencoded' }, 'invalid_request'],
    ['without products', { products: undefined }, {}, 'invalid_request'],
    ['with products that are no list', { products: 'transactions' }, {}, 'invalid_request'],
    ['with another fixed value', { client_name: 'Other' }, {}, 'invalid_request'],
    ['with a field more', { extra: 1 }, {}, 'invalid_request'],
    ['to return elsewhere', { hosted: { completion: 'https://evil.example/' } }, {}, 'invalid_request'],
    ['to return nowhere', { hosted: {} }, {}, 'invalid_request'],
  ])('for a link token: %s', async (_what, body, headers, error) => {
    const simulator = await linking()
    const answered = await simulator.create(body, headers)
    expect(answered.body).toMatchObject({ error_code: error, error_message: expect.stringMatching(/./) })
    expect(answered.read('link_token')).toBeUndefined()
  })

  it('about a session that nobody began, or a page of no link token', async () => {
    const simulator = await linking()
    expect((await simulator.session('link-none')).body.error_code).toBe('invalid_request')
    await expect(simulator.mock.approve(`${simulator.host}/hosted-link/none`)).rejects.toThrow(
      /no link token/,
    )
  })

  it('for a page that has expired', async () => {
    const simulator = await linking()
    const page = (await simulator.create()).read('hosted_url') ?? ''
    simulator.clock.pass(1800)
    await expect(simulator.mock.approve(page)).rejects.toThrow(/expired/)
  })

  it('for an access token: an unknown public token, a second time, too late', async () => {
    const simulator = await linking()
    expect((await simulator.exchange('public-none')).body.error_code).toBe('invalid_grant')
    const token = await simulator.publicToken()
    expect((await simulator.exchange(token)).status).toBe(200)
    expect((await simulator.exchange(token)).body.error_code).toBe('invalid_grant')
    const late = await simulator.publicToken()
    simulator.clock.pass(1800)
    expect((await simulator.exchange(late)).body.error_code).toBe('invalid_grant')
  })

  it('to the API: no token, one in a header, or another client', async () => {
    const simulator = await linking()
    const token = await simulator.connect()
    expect((await simulator.api(undefined)).status).toBe(401)
    expect((await simulator.post('/things', {}, { authorization: `Bearer ${token}` })).status).toBe(401)
    const other = await simulator.post('/things', { access_token: token }, { 'x-secret': 'other' })
    expect(other.body.error_code).toBe('invalid_client')
    expect((await simulator.api(token)).status).toBe(200)
  })
})

describe('a connection that must be mended', () => {
  it('says so in the definition’s words until its user was on the page; the token stays', async () => {
    const simulator = await linking()
    const token = await simulator.connect()
    simulator.mock.requireReconnect()
    expect(await simulator.api(token)).toMatchObject({ status: 400, body: { error_code: 'LOGIN_REQUIRED' } })
    const made = await simulator.update(token)
    const page = made.read('hosted_url') ?? ''
    await simulator.mock.approve(page)
    const session = await simulator.session(made.read('link_token'))
    expect(session.read('sessions[0].finished_at')).toMatch(/./)
    expect(session.read(linked.link.publicToken)).toBeUndefined()
    expect((await simulator.api(token)).status).toBe(200)
  })

  it('stays as it is when the user leaves', async () => {
    const simulator = await linking()
    const token = await simulator.connect()
    simulator.mock.requireReconnect()
    const made = await simulator.update(token)
    await simulator.mock.deny(made.read('hosted_url') ?? '')
    expect((await simulator.session(made.read('link_token'))).read('sessions[0].exit.code')).toBe(
      'access_denied',
    )
    expect((await simulator.api(token)).body.error_code).toBe('LOGIN_REQUIRED')
  })

  it('must be one that exists', async () => {
    const simulator = await linking()
    expect((await simulator.update('access-none')).body.error_code).toBe('invalid_token')
    const token = await simulator.connect()
    simulator.mock.revokeGrants()
    expect((await simulator.update(token)).body.error_code).toBe('LOGIN_REQUIRED')
  })
})

describe('removal', () => {
  it('is by the token in the body, under the client’s own credentials', async () => {
    const simulator = await linking()
    const token = await simulator.connect()
    const wrong = await simulator.post('/remove', { access_token: token }, { 'x-secret': 'other' })
    expect(wrong.body.error_code).toBe('invalid_client')
    expect((await simulator.post('/remove', { access_token: token })).status).toBe(200)
    expect((await simulator.api(token)).body.error_code).toBe('LOGIN_REQUIRED')
  })
})
