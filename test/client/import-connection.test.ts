import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { freshdesk } from '../../providers/freshdesk.ts'
import { github } from '../../providers/github.ts'
import { gitlab } from '../../providers/gitlab.ts'
import { jira } from '../../providers/jira.ts'
import { mailchimp } from '../../providers/mailchimp.ts'
import { quickbooks } from '../../providers/quickbooks.ts'
import { salesforce } from '../../providers/salesforce.ts'
import { slack } from '../../providers/slack.ts'
import { stripeApp } from '../../providers/stripe-app.ts'
import { trelloOauth1 } from '../../providers/trello-oauth1.ts'
import { xero } from '../../providers/xero.ts'
import type { ImportedTokens, ImportInput } from '../../src/client-types.ts'
import { createOAuthClient } from '../../src/create-client.ts'
import type { ProviderDefinition } from '../../src/provider/definition.ts'
import { memoryStore } from '../../src/stores/memory-store.ts'
import type { OAuthClientOptions } from '../../src/types.ts'
import { credentials } from '../support/acme.ts'
import { type Acme, failure, json, startAcme } from '../support/connected.ts'

let acme: Acme
beforeEach(async () => {
  acme = await startAcme()
})
afterEach(() => acme.close())

const now = Date.UTC(2026, 10, 21, 12)
const hour = 3_600_000
const at = (ms: number) => new Date(now + ms)
const tokens = { accessToken: 'old-at', refreshToken: 'old-rt', expiresAt: at(hour) } as const
/** What a table of the provider's connections could hold. */
function tokensFor({ protocol, refresh }: ProviderDefinition) {
  if (protocol === 'api-key') return { accessToken: freshdesk.credentials.apiKey.example }
  return refresh ? tokens : { accessToken: 'old-at' }
}

/** A client of a built-in that must not send anything. */
function offline<P extends ProviderDefinition>(definition: P, options: OAuthClientOptions = {}) {
  const fetch = () => Promise.reject(new Error('a request was sent'))
  return createOAuthClient<P>(definition, {
    ...credentials,
    store: memoryStore(),
    clock: () => now,
    fetch,
    ...options,
  })
}

describe('importConnection', () => {
  it('writes what it is given, asks nobody, calls no hook and starts no sync', async () => {
    const told: string[] = []
    const tell = (name: string) => () => void told.push(name)
    const client = acme.client({
      sync: { start: tell('sync') },
      hooks: {
        beforeConnect: tell('beforeConnect'),
        onConnected: tell('onConnected'),
        onRefreshed: tell('onRefreshed'),
        onError: tell('onError'),
      },
    })
    const { connection, imported } = await client.importConnection({
      tenantId: 't1',
      userId: 'u1',
      connectionId: 'second',
      tokens,
      scopes: ['read', 'write'],
      account: { id: 'account-1', name: 'Una' },
      connectedAt: at(-10 * hour),
      refreshedAt: at(-hour),
    })
    expect(imported).toBe(true)
    expect(connection).toEqual({
      provider: 'acme',
      tenantId: 't1',
      connectionId: 'second',
      userId: 'u1',
      status: 'active',
      scopes: ['read', 'write'],
      tokenType: 'Bearer',
      expiresAt: at(hour),
      account: { id: 'account-1', name: 'Una' },
      params: {},
      createdAt: at(-10 * hour),
      connectedAt: at(-10 * hour),
      updatedAt: at(0),
      refreshedAt: at(-hour),
      version: 1,
    })
    const ref = { tenantId: 't1', connectionId: 'second' }
    expect(await client.getConnection(ref)).toEqual(connection)
    expect(await client.getAccessToken(ref)).toBe('old-at')
    expect(await client.getTokens(ref)).toEqual({
      ...tokens,
      scopes: ['read', 'write'],
      tokenType: 'Bearer',
    })
    expect(acme.server.requests).toEqual([])
    expect(told).toEqual([])
  })

  it('never overwrites: neither what it wrote before, nor what a user has connected or refreshed since', async () => {
    const client = acme.client()
    const first = await client.importConnection({ ...acme.ref, tokens })
    const again = await client.importConnection({ ...acme.ref, tokens: { accessToken: 'other' } })
    expect(again).toEqual({ connection: first.connection, imported: false })
    acme.endpoints['/token'] = () => acme.rotating()
    const refreshed = await client.refresh(acme.ref)
    expect(await client.importConnection({ ...acme.ref, tokens })).toEqual({
      connection: refreshed,
      imported: false,
    })
    expect((await client.getTokens(acme.ref)).refreshToken).toBe('rt-2')

    await client.disconnect(acme.ref)
    const { connection } = await acme.connected()
    expect(await client.importConnection({ ...acme.ref, tokens })).toEqual({ connection, imported: false })
  })

  it('leaves a dead connection dead, and says so', async () => {
    const client = acme.client()
    const { connection } = await client.importConnection({
      ...acme.ref,
      tokens,
      status: 'reconnect_required',
    })
    expect(connection.status).toBe('reconnect_required')
    expect(await failure(client.getAccessToken(acme.ref))).toMatchObject({ code: 'reconnect_required' })
    const again = await client.importConnection({ ...acme.ref, tokens })
    expect(again).toMatchObject({ imported: false, connection: { status: 'reconnect_required' } })
  })

  it('does not touch a record that another secret has sealed', async () => {
    await acme.connected()
    const other = acme.client({ secret: 'y'.repeat(32) })
    expect(await other.importConnection({ ...acme.ref, tokens })).toMatchObject({ imported: false })
    expect((await acme.client().getTokens(acme.ref)).refreshToken).toBe('rt-1')
  })

  it('refreshes at the first use what has expired, with the refresh token that was imported', async () => {
    acme.endpoints['/token'] = () => acme.rotating()
    const client = acme.client()
    await client.importConnection({ ...acme.ref, tokens: { ...tokens, expiresAt: at(-hour) } })
    expect(await client.getAccessToken(acme.ref)).toBe('at-2')
    expect(acme.sentRefreshTokens()).toEqual(['old-rt'])
  })

  it('takes a refresh token alone: the first use, or the first sweep, gets the access token', async () => {
    acme.endpoints['/token'] = () => acme.rotating()
    const client = acme.client()
    for (const tenantId of ['used', 'swept'])
      await client.importConnection({ tenantId, tokens: { refreshToken: `rt-of-${tenantId}` } })
    expect(await client.getAccessToken({ tenantId: 'used' })).toBe('at-2')
    acme.pass(1)
    expect(await client.refreshExpiring({ within: 60_000 })).toMatchObject({ refreshed: 1 })
    expect(acme.sentRefreshTokens()).toEqual(['rt-of-used', 'rt-of-swept'])
  })

  it('revokes what it can where the access token never came', async () => {
    const sent = () => new URLSearchParams(acme.sentTo('/revoke').at(-1)?.body).get('token')
    const revocation = { ...acme.definition.revocation, token: 'access_token' } as const
    const client = acme.client({}, { revocation })
    await client.importConnection({ ...acme.ref, tokens: { refreshToken: 'only-rt' } })
    expect(await client.disconnect(acme.ref)).toEqual({ revoked: true })
    expect(sent()).toBe('at-1')

    acme.endpoints['/token'] = () => json({ error: 'temporarily_unavailable' }, 503)
    await client.importConnection({ ...acme.ref, tokens: { refreshToken: 'only-rt' } })
    expect(await client.disconnect(acme.ref)).toEqual({ revoked: true })
    expect(sent()).toBe('only-rt')
  })

  it('reads an absent end as a token answer without one', async () => {
    const endless = await offline(slack).importConnection({ ...acme.ref, tokens: { accessToken: 'xoxb-1' } })
    expect(endless.connection).not.toHaveProperty('expiresAt')
    const { connection } = await offline(stripeApp).importConnection({
      ...acme.ref,
      tokens: { accessToken: 'old-at', refreshToken: 'old-rt' },
      refreshedAt: at(-hour / 2),
    })
    expect(connection.expiresAt).toEqual(at(hour / 2))
  })

  it('reads an absent end of the refresh token off the definition, from when the tokens are', async () => {
    const day = 24 * hour
    const ends = async (connectedAt: Date, refreshedAt: Date) => {
      const params = { cloudId: '11223344-a1b2-3b33-c444-def123456789' }
      const input = { ...acme.ref, tokens, params, connectedAt, refreshedAt }
      return (await offline(jira).importConnection(input)).connection.refreshTokenExpiresAt
    }
    const { idle, absolute } = jira.refresh.lifetime
    expect(await ends(at(-10 * day), at(-day))).toEqual(at(idle * 1000 - day))
    expect(await ends(at(-360 * day), at(-day))).toEqual(at(absolute * 1000 - 360 * day))
  })

  it('takes several tokens, an OAuth 1.0a token with its secret, and a key', async () => {
    const bot = {
      accessToken: 'xoxe-bot',
      refreshToken: 'xoxe-1',
      expiresAt: at(hour),
      scopes: ['users:read'],
    }
    const user = { accessToken: 'xoxe-user', expiresAt: at(2 * hour), scopes: ['search:read'] }
    const client = offline(slack)
    const { connection } = await client.importConnection({
      ...acme.ref,
      tokens: { ...bot, additional: { user } },
    })
    expect(connection.scopes).toEqual(['users:read', 'search:read'])
    expect(await client.getAccessToken(acme.ref, { token: 'bot' })).toBe('xoxe-bot')
    expect(await client.getAccessToken(acme.ref, { token: 'user' })).toBe('xoxe-user')
    const alone = { ...acme.ref, connectionId: 'user-alone', tokens: { ...user, standsFor: 'user' } }
    await client.importConnection(alone)
    expect(await client.getAccessToken(alone, { token: 'user' })).toBe('xoxe-user')

    const trello = offline(trelloOauth1)
    await trello.importConnection({ ...acme.ref, tokens: { accessToken: 't', tokenSecret: 's' } })
    expect(await trello.getTokens(acme.ref)).toMatchObject({ tokenSecret: 's', tokenType: 'OAuth' })

    const desk = offline(freshdesk)
    const key = { accessToken: freshdesk.credentials.apiKey.example }
    await desk.importConnection({ ...acme.ref, tokens: key, params: { subdomain: 'acme' } })
    expect(await desk.getTokens(acme.ref)).toEqual({ ...key, scopes: [], tokenType: 'api-key' })
  })

  it('moves a connection from one client to another as getTokens gives it', async () => {
    const { client } = await acme.connected()
    const moved = acme.client({ store: memoryStore(), secret: 'z'.repeat(40) })
    await moved.importConnection({ ...acme.ref, tokens: await client.getTokens(acme.ref) })
    expect(await moved.getTokens(acme.ref)).toEqual(await client.getTokens(acme.ref))
  })
})

describe('params of an import', () => {
  const imports = (definition: ProviderDefinition, params: Record<string, string>, fixed = {}) =>
    offline(definition, { params: fixed }).importConnection({
      ...acme.ref,
      tokens: tokensFor(definition),
      params,
    })

  it('include what a connect would have captured, normalized and with what the client fixes', async () => {
    const { connection } = await imports(
      quickbooks,
      { realmId: '9130357960000000' },
      { environment: 'sandbox' },
    )
    expect(connection.params).toEqual({ realmId: '9130357960000000', environment: 'sandbox' })
    const example = mailchimp.params.dc.example
    expect((await imports(mailchimp, { dc: example })).connection.params).toEqual({ dc: example })
  })

  it.each<[string, ProviderDefinition, string]>([
    ['a capture of the callback', quickbooks, 'realmId'],
    ['a capture of the token answer', salesforce, 'instanceUrl'],
    ['a capture of a discovery', mailchimp, 'dc'],
    ['a choice in the base URL', jira, 'cloudId'],
    ['a choice in a header', xero, 'organisationId'],
    ['what a user gives', freshdesk, 'subdomain'],
  ])('must hold %s', async (_what, definition, name) => {
    const given = tokensFor(definition)
    const client = offline(definition)
    const error = await failure(client.importConnection({ ...acme.ref, tokens: given }))
    expect(error).toMatchObject({ code: 'params_invalid' })
    expect(error.message).toContain(`params are missing: "${name}" (`)
    const dead = { ...acme.ref, tokens: given, status: 'reconnect_required' } as const
    expect(await client.importConnection(dead)).toMatchObject({ imported: true })
  })

  it('must hold what a definition of your own demands of the callback, wherever it is used', async () => {
    const definition = {
      ...acme.definition,
      params: {
        site: { description: 'the site', pattern: '[a-z]+', example: 'north', from: 'callback' },
      },
      callback: { capture: { site: { parameter: 'site', required: true } } },
    } as const
    expect((await failure(imports(definition, {}))).message).toContain('params are missing: "site" (the site')
    expect(await imports(definition, { site: 'north' })).toMatchObject({ imported: true })
  })

  it('need none that a default or a derived value stands for', async () => {
    expect(await imports(github, {})).toMatchObject({ imported: true })
    expect(await imports(gitlab, {})).toMatchObject({ imported: true })
  })

  it.each<[ProviderDefinition, Record<string, string>, RegExp]>([
    [quickbooks, { realmId: '../evil' }, /param "realmId" is not valid/],
    [quickbooks, { realm: '1' }, /there is no param "realm"/],
    [gitlab, { host: 'evil.example' }, /param "host" can only be set in the client's options/],
  ])('are refused: %#', async (definition, params, words) => {
    expect(await failure(imports(definition, params))).toMatchObject({
      code: 'params_invalid',
      message: expect.stringMatching(words),
    })
  })

  it('cannot say otherwise than the options, but may say the same', async () => {
    const fixed = { host: 'gitlab.acme.example' }
    expect(await imports(gitlab, fixed, fixed)).toMatchObject({
      imported: true,
      connection: { params: fixed },
    })
    const error = await failure(imports(gitlab, { host: 'evil.example' }, fixed))
    expect(error.message).toContain("can only be set in the client's options")
  })
})

describe('what cannot be imported', () => {
  const secret = 'sekret-value-123'
  /** Values as they come out of a table, where no type holds. */
  const loose = (value: unknown): ImportInput => value as ImportInput
  const cases: [string, Record<string, unknown>, RegExp][] = [
    ['no tenant', { tenantId: '' }, /tenantId must be a non-empty string/],
    ['a control character in an id', { connectionId: 'a\nb' }, /connectionId must not hold control/],
    ['an empty user', { userId: '' }, /userId must be a non-empty string/],
    ['no tokens', { tokens: undefined }, /tokens are missing/],
    ['null for tokens', { tokens: null }, /tokens are missing/],
    ['names of the wire', { tokens: { access_token: secret } }, /needs an accessToken or a refreshToken/],
    ['an empty token', { tokens: { accessToken: '' } }, /tokens.accessToken is empty: leave it out/],
    ['a token with a line break', { tokens: { accessToken: `${secret}\n` } }, /accessToken is not a usable/],
    ['a token with a blank', { tokens: { refreshToken: ` ${secret}` } }, /refreshToken is not a usable/],
    ['a token of bytes', { tokens: { accessToken: Buffer.from(secret) } }, /accessToken is not a usable/],
    ['null for a token', { tokens: { accessToken: secret, refreshToken: null } }, /refreshToken is not/],
    ['a token secret', { tokens: { ...tokens, tokenSecret: secret } }, /tokenSecret is for OAuth 1.0a alone/],
    ['a token type with a token', { tokens: { accessToken: secret, tokenType: secret } }, /tokenType is not/],
    ['another token', { tokens: { ...tokens, additional: { user: tokens } } }, /no token called "user"/],
    ['another stand-in', { tokens: { ...tokens, standsFor: 'user' } }, /no token called "user"/],
    ['a text for a date', { tokens: { ...tokens, expiresAt: '2027-01-01' } }, /expiresAt must be a valid/],
    ['no date', { tokens: { ...tokens, expiresAt: new Date('x') } }, /expiresAt must be a valid Date/],
    ['seconds', { tokens: { ...tokens, expiresAt: new Date(1_795_000_000) } }, /seconds taken for milli/],
    ['the far future', { tokens: { ...tokens, expiresAt: new Date(253e12) } }, /more than a century ahead/],
    ['a consent in the future', { connectedAt: at(2 * hour) }, /connectedAt lies in the future: is it in/],
    ['scopes in one text', { scopes: ['read write'] }, /one scope an entry/],
    ['scopes with commas', { scopes: ['read,write'] }, /one scope an entry/],
    ['scopes that are no list', { scopes: 'read' }, /tokens.scopes must be a list/],
    ['a token among the scopes', { scopes: ['old-at'] }, /one scope an entry/],
    ['another status', { status: 'expired' }, /status must be "active" or "reconnect_required"/],
    ['no account id', { account: { id: '' } }, /account.id must be words/],
    ['an account of null', { account: null }, /account must be \{ id, name\? \}/],
    ['a name with a line break', { account: { id: '1', name: 'a\r\nb' } }, /account.name must be words/],
  ]
  it.each(cases)('%s', async (_what, change, words) => {
    const store = memoryStore()
    const client = acme.client({ store })
    const error = await failure(client.importConnection(loose({ ...acme.ref, tokens, ...change })))
    expect(error.code).toBe('params_invalid')
    expect(error.message).toMatch(words)
    expect(error.message).not.toMatch(/sekret|old-at|old-rt/)
    for await (const record of store.list({})) expect(record).toBe('not there')
  })

  it('a refresh token where the provider has no refresh, and a key of another shape', async () => {
    const clickup = { ...acme.definition, refresh: false } as const
    const plain = offline(clickup)
    expect((await failure(plain.importConnection({ ...acme.ref, tokens }))).message).toMatch(
      /this provider has no refresh/,
    )
    const desk = { ...acme.ref, tokens: { accessToken: 'a b' }, params: { subdomain: 'acme' } }
    expect((await failure(offline(freshdesk).importConnection(desk))).message).toMatch(/not valid: /)
    const signed = { ...acme.ref, tokens: { accessToken: 't' } }
    expect((await failure(offline(trelloOauth1).importConnection(signed))).message).toMatch(
      /tokenSecret is missing/,
    )
  })

  it('takes a clock that is a little ahead for now', async () => {
    const input = { ...acme.ref, tokens, refreshedAt: at(60_000) }
    expect((await acme.client().importConnection(input)).connection.refreshedAt).toEqual(at(0))
  })
})

describe('any tokens', () => {
  const token = fc.stringMatching(/^[!-~]{1,200}$/)
  const date = fc.date({
    min: new Date('2001-01-01'),
    max: new Date('2099-12-31'),
    noInvalidDate: true,
  })
  const optional = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined })
  const chain = fc.record({
    accessToken: token,
    refreshToken: optional(token),
    expiresAt: optional(date),
    refreshTokenExpiresAt: optional(date),
    scopes: fc.array(fc.stringMatching(/^[a-z:.]{1,20}$/), { maxLength: 4 }),
    tokenType: fc.constantFrom('Bearer', 'bot', 'MAC'),
  })
  const readable = ({ accessToken, refreshToken, scopes, tokenType }: ImportedTokens) =>
    [accessToken, refreshToken].every(
      (secret) =>
        secret === undefined || ![...(scopes ?? []), tokenType].some((each) => each?.includes(secret)),
    )
  const defined = (value: object) =>
    Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined))

  it('come back as they were imported, whatever else is in the store', async () => {
    const id = fc
      .string({ minLength: 1, maxLength: 60, unit: 'grapheme' })
      .filter((each) => !/\p{Cc}/u.test(each))
    const client = offline(slack)
    await fc.assert(
      fc.asyncProperty(id, id, chain, optional(chain), async (tenantId, connectionId, own, user) => {
        fc.pre(readable(own) && (user === undefined || readable(user)))
        const ref = { tenantId, connectionId }
        const before = await client.getConnection(ref)
        const given = { ...own, ...(user && { additional: { user } }) }
        const { imported } = await client.importConnection({ ...ref, tokens: given })
        expect(imported).toBe(before === undefined)
        if (!imported) return
        const expected = { ...defined(own), ...(user && { additional: { user: defined(user) } }) }
        expect(await client.getTokens(ref)).toEqual(expected)
      }),
      { numRuns: 300 },
    )
  })
})
