import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { providers } from '../../providers/index.ts'
import type {
  OAuth1Definition,
  OAuth2Definition,
  PlaidLinkDefinition,
  ProviderDefinition,
} from '../../src/provider/definition.ts'
import { createProviderSchema } from '../../src/provider/schema.ts'
import { expandUrl, matchesPattern } from '../../src/provider/template.ts'
import { loopbackDefinition } from '../../src/testing/loopback-definition.ts'
import { all, plain, regions, shops } from './definitions.ts'
import { headed, keyed, linked, signed } from './protocol-definitions.ts'

const origin = 'http://127.0.0.1:4567'
const everything: readonly ProviderDefinition[] = [...all, keyed, signed, headed, linked, ...providers]

describe('loopbackDefinition', () => {
  it('moves every URL behind the origin, with its host as the first segment', () => {
    const moved: ProviderDefinition = loopbackDefinition(plain, origin)
    expect(moved.authorization.url).toBe(`${origin}/auth.plain.example/authorize`)
    expect(moved.authorization.issuer?.value).toBe(`${origin}/auth.plain.example`)
    expect(moved.token.url).toBe(`${origin}/auth.plain.example/token`)
    expect(moved.revocation?.url).toBe(`${origin}/auth.plain.example/revoke`)
    expect(moved.identity.request?.url).toBe(`${origin}/api.plain.example/v1/me`)
    expect(moved.api.baseUrl).toBe(`${origin}/api.plain.example/v1`)
    expect(moved.api.hosts).toEqual([`${origin}/files.plain.example`])
  })

  it('keeps placeholders where they stood', () => {
    const moved = loopbackDefinition(shops, origin)
    expect(moved.token.url).toBe(`${origin}/{shop}.shops.example/token`)
    expect(expandUrl(moved, moved.token.url, { shop: 'acme' }).href).toBe(
      `${origin}/acme.shops.example/token`,
    )
  })

  it('moves the values that URLs are made from, and what judges them', () => {
    const moved: ProviderDefinition = loopbackDefinition(regions, origin)
    const { accountsServer, apiDomain, location } = moved.params ?? {}
    expect(accountsServer?.example).toBe(`${origin}/accounts.regions.eu`)
    expect(accountsServer?.default).toBe('{startServer}')
    expect(moved.derived?.startServer?.cases[0]?.value).toBe(`${origin}/accounts.regions.com`)
    expect(location).toEqual(regions.params.location)
    for (const param of [accountsServer, apiDomain]) {
      expect(matchesPattern(param?.pattern ?? '', param?.example ?? '')).toBe(true)
      expect(matchesPattern(param?.pattern ?? '', 'https://accounts.regions.eu')).toBe(false)
      expect(matchesPattern(param?.pattern ?? '', 'https://api.regions.com')).toBe(false)
      expect(matchesPattern(param?.pattern ?? '', `${origin}/evil.example`)).toBe(false)
      expect(
        matchesPattern(param?.pattern ?? '', param?.example.replace('127.0.0.1', '127x0x0x1') ?? ''),
      ).toBe(false)
    }
    expect(matchesPattern(apiDomain?.pattern ?? '', `${origin}/api.regions.com`)).toBe(true)
    expect(expandUrl(moved, moved.token.url, { location: 'eu' }).href).toBe(
      `${origin}/accounts.regions.eu/token`,
    )
  })

  it('moves alternatives, escaped slashes and cases, and no lookbehind', () => {
    const definition = {
      ...regions,
      params: {
        ...regions.params,
        accountsServer: {
          ...regions.params.accountsServer,
          pattern: '^(?:https:\\/\\/a\\.x|https://b\\.x)$',
        },
      },
      derived: {
        other: { from: 'accountsServer', cases: [{ when: '^https://a\\.x$', value: 'https://api.a.x' }] },
      },
    } as const
    const moved: ProviderDefinition = loopbackDefinition(definition, origin)
    for (const host of ['a.x', 'b.x'])
      expect(matchesPattern(moved.params?.accountsServer?.pattern ?? '', `${origin}/${host}`), host).toBe(
        true,
      )
    const [first] = moved.derived?.other?.cases ?? []
    expect(matchesPattern(first?.when ?? '', `${origin}/a.x`)).toBe(true)
    expect(first?.value).toBe(`${origin}/api.a.x`)
  })

  it('leaves names alone: scopes, fixed parameters, documentation, prefixes that users paste', () => {
    const moved = loopbackDefinition(regions, origin)
    expect(moved.authorization.scopes.default).toEqual(['https://scopes.regions.example/read'])
    expect(moved.authorization.params).toEqual({ audience: 'https://api.regions.com' })
    expect(moved.docs).toEqual(regions.docs)
  })

  it('moves what is found inside a URL, and patterns of origins; no choice is a place', () => {
    const definition: OAuth2Definition = {
      ...plain,
      tokenResponse: {
        capture: {
          org: { at: 'id', extract: '^https://login\\.x\\.example/id/([^/]+)' },
          bare: { at: 'id', extract: 'https://login\\.x\\.example/(.+)' },
          part: { at: 'id', extract: '/id/([^/]+)' },
        },
      },
      discovery: [
        { url: 'https://api.x.example/sites', choose: { param: 'site', list: '', id: 'url', name: 'name' } },
      ],
      revocation: {
        ...plain.revocation,
        lookup: { url: 'https://api.x.example/token', capture: { id: 'id' } },
      },
      api: { ...plain.api, hosts: ['https://a.example', { pattern: '^https://[a-z]+\\.b\\.example$' }] },
    }
    const moved: OAuth2Definition = loopbackDefinition(definition, origin)
    const own = 'http://127\\.0\\.0\\.1:4567'
    expect(moved.tokenResponse?.capture).toEqual({
      org: { at: 'id', extract: `^${own}/login\\.x\\.example/id/([^/]+)` },
      bare: { at: 'id', extract: `${own}/login\\.x\\.example/(.+)` },
      part: { at: 'id', extract: '/id/([^/]+)' },
    })
    expect(moved.api.hosts).toEqual([`${origin}/a.example`, { pattern: `^${own}$` }])
    expect(moved.discovery?.[0]).toEqual({
      url: `${origin}/api.x.example/sites`,
      choose: { param: 'site', list: '', id: 'url', name: 'name' },
    })
    expect(moved.revocation?.lookup?.url).toBe(`${origin}/api.x.example/token`)
  })

  it('moves the addresses of every protocol, and no paths into their answers', () => {
    const link = loopbackDefinition<PlaidLinkDefinition>(linked, origin)
    expect(link.link.create.url).toBe(`${origin}/{environment}.linked.example/link/create`)
    expect(link.link.session.url).toBe(`${origin}/{environment}.linked.example/link/get`)
    expect([link.link.url, link.link.token]).toEqual(['hosted_url', 'link_token'])
    const oauth1 = loopbackDefinition<OAuth1Definition>(signed, origin)
    expect(oauth1.requestToken.url).toBe(`${origin}/signed.example/oauth/request`)
    expect(oauth1.accessToken.url).toBe(`${origin}/signed.example/oauth/access`)
  })

  it('changes nothing of the original', () => {
    const before = JSON.stringify(regions)
    loopbackDefinition(regions, origin)
    expect(JSON.stringify(regions)).toBe(before)
  })

  const schema = createProviderSchema(z)
  it.each(everything.map((definition) => [definition.id, definition] as const))(
    '%s stays a good definition, with no address of its own left',
    (_id, definition) => {
      const moved = loopbackDefinition<ProviderDefinition>(definition, origin)
      expect(schema.safeParse(moved).error).toBeUndefined()
      for (const [name, { pattern, example }] of Object.entries(moved.params ?? {}))
        expect(matchesPattern(pattern, example), name).toBe(true)
      const { docs: _docs, setup: _setup, lifecycle: _lifecycle, quirks: _quirks, ...places } = moved
      const { params, authorization, ...rest } = places
      const patternsAndExamples = Object.values(params ?? {}).map((param) => [
        param.pattern,
        param.example,
        param.default,
      ])
      const issuer = moved.protocol === 'oauth2' && moved.authorization.issuer
      const left = JSON.stringify(
        [rest, patternsAndExamples, authorization?.url, issuer],
        // Words to the provider (discord's User-Agent), not places.
        (key, value: unknown) => (key === 'headers' ? undefined : value),
      )
      expect(left).not.toContain('https:')
    },
  )
})
