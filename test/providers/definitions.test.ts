import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { google } from '../../providers/families/google.ts'
import { zoho } from '../../providers/families/zoho.ts'
import * as index from '../../providers/index.ts'
import { defineProvider } from '../../src/provider/define.ts'
import type { ProviderDefinition } from '../../src/provider/definition.ts'
import { createProviderSchema } from '../../src/provider/schema.ts'
import { expandText, expandUrl, matchesPattern } from '../../src/provider/template.ts'

const { findProvider } = index
const providers: readonly ProviderDefinition[] = index.providers
const root = fileURLToPath(new URL('../../', import.meta.url))
const schema = createProviderSchema(z)

/** Whose servers may see a secret or a token: the registrable domains of each company, from its own pages. */
const domains: Readonly<Record<string, readonly string[]>> = {
  github: ['github.com', 'github.example.com'],
  gitlab: ['gitlab.com', 'gitlab.example.com'],
  'google-calendar': ['google.com', 'googleapis.com'],
  hubspot: ['hubspot.com', 'hubapi.com'],
  notion: ['notion.com'],
  quickbooks: ['intuit.com'],
  shopify: ['myshopify.com'],
  slack: ['slack.com', 'slack-gov.com'],
  'zoho-books': [
    ...['zoho.com', 'zoho.eu', 'zoho.in', 'zoho.com.au', 'zoho.jp', 'zohocloud.ca', 'zoho.sa', 'zoho.com.cn'],
    ...['zoho.uk', 'zoho.ae', 'zoho.sg', 'zohoapis.com', 'zohoapis.eu', 'zohoapis.in', 'zohoapis.com.au'],
    ...[
      'zohoapis.jp',
      'zohoapis.ca',
      'zohoapis.sa',
      'zohoapis.com.cn',
      'zohoapis.uk',
      'zohoapis.ae',
      'zohoapis.sg',
    ],
  ],
  zoom: ['zoom.us', 'zoomgov.com'],
}

type Values = Readonly<Record<string, string>>

/** Sets of param values worth trying: the least that must be given, every example, and each derived case's own value. */
function situations(definition: ProviderDefinition): readonly Values[] {
  const params = Object.entries(definition.params ?? {})
  const examples = Object.fromEntries(params.map(([name, param]) => [name, param.example]))
  const needed = Object.fromEntries(
    params.filter(([, param]) => param.default === undefined).map(([name, param]) => [name, param.example]),
  )
  const each = Object.values(definition.derived ?? {}).flatMap(({ from, cases }) =>
    cases.flatMap(({ when }) => {
      const literal = when.slice(1, -1).replaceAll('\\', '')
      const pattern = definition.params?.[from]?.pattern
      const fits = pattern !== undefined && matchesPattern(pattern, literal) && matchesPattern(when, literal)
      return fits ? [{ ...needed, [from]: literal }] : []
    }),
  )
  return [needed, examples, ...each]
}

function urlsOf(definition: ProviderDefinition): readonly string[] {
  const { authorization, token, refresh, revocation, discovery = [], identity, api } = definition
  return [
    authorization.url,
    authorization.issuer?.value,
    token.url,
    refresh ? refresh.url : undefined,
    revocation?.url,
    ...discovery.map(({ url }) => url),
    identity.request?.url,
    api.baseUrl,
    ...(api.hosts ?? []),
  ].filter((url) => url !== undefined)
}

describe.each(providers.map((definition) => [definition.id, definition] as const))('%s', (id, definition) => {
  it('is what the schema takes, and hangs together', () => {
    expect(schema.parse(definition)).toEqual(definition)
    expect(defineProvider(definition)).toEqual(definition)
  })

  it('stands in a file of its name, under a name made from its id', () => {
    const name = id.replace(/-([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase())
    expect(Reflect.get(index, name)).toBe(definition)
    expect(readdirSync(join(root, 'providers'))).toContain(`${id}.ts`)
  })

  it('gives examples and defaults that its own patterns take', () => {
    for (const [name, param] of Object.entries(definition.params ?? {})) {
      expect(param.example, name).toMatch(new RegExp(param.pattern))
      if (param.default === undefined) continue
      for (const { [name]: _given, ...values } of situations(definition))
        expect(expandText(definition, param.default, values), name).toMatch(new RegExp(param.pattern))
    }
  })

  it('takes no value with anything around it', () => {
    const derived = Object.values(definition.derived ?? {})
    const templates = [
      ...urlsOf(definition),
      ...Object.values(definition.params ?? {}).map(({ default: value = '' }) => value),
      ...derived.flatMap(({ cases }) => cases.map(({ value }) => value)),
    ]
    for (const [name, { pattern, example }] of Object.entries(definition.params ?? {})) {
      for (const value of [`${example}\n`, `\n${example}`, '', `${example}\r\nX-Injected: 1`])
        expect(matchesPattern(pattern, value), `${name}: ${JSON.stringify(value)}`).toBe(false)
      const shapesUrl =
        templates.some((text) => text.includes(`{${name}}`)) || derived.some(({ from }) => from === name)
      if (!shapesUrl) continue
      for (const value of [
        `${example}@evil.example`,
        `${example}?x=`,
        `${example}#x`,
        `${example}\\x`,
        `x://${example}`,
      ])
        expect(matchesPattern(pattern, value), `${name}: ${JSON.stringify(value)}`).toBe(false)
    }
  })

  it('leads nowhere but to its own servers, over https', () => {
    const own = domains[id] ?? []
    for (const values of situations(definition)) {
      for (const template of urlsOf(definition)) {
        const url = expandUrl(definition, template, { ...values, clientId: 'client-id' })
        expect(url.protocol, template).toBe('https:')
        expect(
          own.some((domain) => url.hostname === domain || url.hostname.endsWith(`.${domain}`)),
          url.href,
        ).toBe(true)
        expect(url.href).not.toMatch(/[{}]|%7B|%7D/i)
      }
    }
  })

  it('names pages of the provider and a day', () => {
    expect(definition.docs.every((page) => URL.canParse(page) && page.startsWith('https://'))).toBe(true)
    expect(new Set(definition.docs).size).toBe(definition.docs.length)
    expect(Number.isNaN(Date.parse(definition.checked))).toBe(false)
  })
})

describe('servers that a provider names on the way', () => {
  it.each([
    ['zoho-books', 'accountsServer', 'https://accounts.zoho.attacker.com'],
    ['zoho-books', 'accountsServer', 'https://accounts.zoho.com.attacker.com'],
    ['zoho-books', 'accountsServer', 'https://accounts.zohoXcom'],
    ['zoho-books', 'accountsServer', 'https://accountsXzoho.com'],
    ['zoho-books', 'accountsServer', 'http://accounts.zoho.com'],
    ['zoho-books', 'accountsServer', 'https://accounts.zoho.com/'],
    ['zoho-books', 'accountsServer', 'https://accounts.zoho.com:444'],
    ['zoho-books', 'accountsServer', 'https://accounts.zoho.com@attacker.com'],
    ['zoho-books', 'accountsServer', 'https://accounts.zoho.ca'],
    ['zoho-books', 'apiDomain', 'https://www.zohoapis.attacker.com'],
    ['zoho-books', 'apiDomain', 'https://www.zohoapis.com.attacker.com'],
    ['zoom', 'apiUrl', 'https://zoom.us.attacker.com'],
    ['zoom', 'apiUrl', 'https://api.attackerzoom.us'],
    ['zoom', 'apiUrl', 'https://api.zoomXus'],
    ['zoom', 'apiUrl', 'http://api.zoom.us'],
    ['zoom', 'apiUrl', 'https://api.zoom.us/redirect?to='],
    ['shopify', 'shop', 'acme.attacker.com/x'],
    ['shopify', 'shop', 'acme.myshopify.com'],
    ['gitlab', 'host', 'gitlab.example.com/../other'],
    ['gitlab', 'host', 'user@gitlab.example.com'],
    ['gitlab', 'host', '-gitlab.example.com'],
    ['github', 'host', 'github.example.com/path'],
    ['slack', 'host', 'slackXcom'],
  ])('%s %s is never %s', (id, param, value) => {
    const pattern = findProvider(id)?.params?.[param]?.pattern
    expect(pattern).toMatch(/^\^/)
    expect(matchesPattern(pattern ?? '^[\\s\\S]*$', value)).toBe(false)
  })

  it.each([
    ['us', 'https://accounts.zoho.com', 'https://www.zohoapis.com'],
    ['ca', 'https://accounts.zohocloud.ca', 'https://www.zohoapis.ca'],
    ['cn', 'https://accounts.zoho.com.cn', 'https://www.zohoapis.com.cn'],
    ['sg', 'https://accounts.zoho.sg', 'https://www.zohoapis.sg'],
  ])('zoho begins, exchanges and calls in data center %s', (location, accounts, api) => {
    expect(expandText(index.zohoBooks, '{startServer} {accountsServer} {apiDomain}', { location })).toBe(
      `${accounts} ${accounts} ${api}`,
    )
  })

  it('zoho exchanges where the callback says, wherever the flow began', () => {
    const values = { location: 'us', accountsServer: 'https://accounts.zoho.in' }
    expect(expandUrl(index.zohoBooks, index.zohoBooks.token.url, values).href).toBe(
      'https://accounts.zoho.in/oauth/v2/token',
    )
    expect(expandText(index.zohoBooks, '{apiDomain}', values)).toBe('https://www.zohoapis.in')
  })

  it.each([
    ['github.com', 'https://api.github.com/user'],
    ['acme.ghe.com', 'https://api.acme.ghe.com/user'],
    ['github.example.com', 'https://github.example.com/api/v3/user'],
  ])('github on %s has its API at %s', (host, url) => {
    expect(expandUrl(index.github, index.github.identity.request.url, { host }).href).toBe(url)
  })
})

describe('the index', () => {
  const script = join(root, 'scripts/generate-providers.mjs')
  const copy = mkdtempSync(join(tmpdir(), 'latchkey-providers-'))
  afterAll(() => rmSync(copy, { recursive: true }))

  it('is not stale', () => {
    expect(() => execFileSync(process.execPath, [script, '--check'], { stdio: 'pipe' })).not.toThrow()
  })

  it('is found stale when a definition is added, and made anew', () => {
    cpSync(join(root, 'providers'), join(copy, 'providers'), { recursive: true })
    cpSync(script, join(copy, 'scripts/generate-providers.mjs'))
    writeFileSync(join(copy, 'providers/two-words.ts'), 'export const twoWords = {}\n')
    const run = (...args: string[]) =>
      spawnSync(process.execPath, [join(copy, 'scripts/generate-providers.mjs'), ...args]).status
    expect(run('--check')).toBe(1)
    expect(run()).toBe(0)
    expect(run('--check')).toBe(0)
    expect(readFileSync(join(copy, 'providers/index.ts'), 'utf8')).toContain(
      "export { twoWords } from './two-words.ts'",
    )
  })

  it('gives every id and alias to one definition', () => {
    const owners = new Map<string, string>()
    for (const { id, aliases = [] } of providers) {
      for (const name of [id, ...aliases]) {
        const spelling = name.toLowerCase().replaceAll('_', '-')
        expect(owners.get(spelling) ?? id, name).toBe(id)
        owners.set(spelling, id)
        for (const written of [name, name.toUpperCase(), name.replaceAll('-', '_'), ` ${name} `])
          expect(findProvider(written)?.id, written).toBe(id)
      }
    }
  })

  it.each(['', 'nope', '__proto__', 'constructor', 'slack/../zoom'])('finds nothing called %j', (name) => {
    expect(findProvider(name)).toBeUndefined()
  })
})

describe('families', () => {
  /** The paths of a family that a definition does not have as they are. */
  function missing(part: unknown, whole: unknown, path: string): string[] {
    if (Array.isArray(part) && path === 'docs')
      return part.filter((page) => !Array.isArray(whole) || !whole.includes(page)).map(() => path)
    if (typeof part !== 'object' || part === null || Array.isArray(part))
      return JSON.stringify(part) === JSON.stringify(whole) ? [] : [path]
    return Object.entries(part).flatMap(([key, value]) =>
      missing(
        value,
        typeof whole === 'object' && whole !== null ? Reflect.get(whole, key) : undefined,
        path ? `${path}.${key}` : key,
      ),
    )
  }

  it.each([
    ['google', google],
    ['zoho', zoho],
  ])('%s is whole in each of its products', (_name, family) => {
    const products = providers.filter(({ token }) => token.url === family.token.url)
    expect(products.length).toBeGreaterThan(0)
    for (const product of products) expect(missing(family, product, ''), product.id).toEqual([])
  })

  it('notices a field that a product lost', () => {
    const { callback: _lost, ...product } = index.zohoBooks
    expect(missing(zoho, product, '')).toEqual(['callback.capture.accountsServer.parameter'])
  })
})
