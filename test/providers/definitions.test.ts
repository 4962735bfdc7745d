import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
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
  airtable: ['airtable.com'],
  asana: ['asana.com'],
  bitbucket: ['bitbucket.org'],
  box: ['box.com'],
  calendly: ['calendly.com'],
  clickup: ['clickup.com'],
  discord: ['discord.com'],
  drift: ['drift.com', 'driftapi.com'],
  dropbox: ['dropbox.com', 'dropboxapi.com'],
  figma: ['figma.com'],
  freshdesk: ['freshdesk.com'],
  github: ['github.com', 'github.example.com'],
  gitlab: ['gitlab.com', 'gitlab.example.com'],
  gmail: ['google.com', 'googleapis.com'],
  'google-calendar': ['google.com', 'googleapis.com'],
  'google-chat': ['google.com', 'googleapis.com'],
  'google-drive': ['google.com', 'googleapis.com'],
  hubspot: ['hubspot.com', 'hubapi.com'],
  intercom: ['intercom.com', 'intercom.io'],
  jira: ['atlassian.com'],
  linear: ['linear.app'],
  linkedin: ['linkedin.com'],
  mailchimp: ['mailchimp.com'],
  monday: ['monday.com'],
  notion: ['notion.com'],
  onedrive: ['microsoftonline.com', 'microsoft.com'],
  outlook: ['microsoftonline.com', 'microsoft.com'],
  pipedrive: ['pipedrive.com'],
  plaid: ['plaid.com'],
  quickbooks: ['intuit.com'],
  salesforce: ['salesforce.com', 'force.com'],
  shopify: ['myshopify.com'],
  slack: ['slack.com', 'slack-gov.com'],
  stripe: ['stripe.com'],
  'stripe-app': ['stripe.com'],
  teams: ['microsoftonline.com', 'microsoft.com'],
  trello: ['atlassian.com', 'trello.com'],
  'trello-oauth1': ['trello.com'],
  webex: ['webexapis.com'],
  whatsapp: ['facebook.com'],
  xero: ['xero.com'],
  zendesk: ['zendesk.com'],
  'zoho-books': zohoDomains(),
  'zoho-crm': zohoDomains(),
  zoom: ['zoom.us', 'zoomgov.com'],
}

function zohoDomains(): readonly string[] {
  const ends = ['com', 'eu', 'in', 'com.au', 'jp', 'sa', 'com.cn', 'uk', 'ae', 'sg']
  return ['zohocloud.ca', 'zohoapis.ca', ...ends.flatMap((end) => [`zoho.${end}`, `zohoapis.${end}`])]
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

/** Every place that is asked or that users are sent to, wherever it stands; pages to read are none. */
function urlsOf(definition: ProviderDefinition): readonly string[] {
  const found: string[] = []
  const walk = (node: unknown, key: string): void => {
    if (['docs', 'setup', 'lifecycle', 'quirks', 'params', 'json', 'headers'].includes(key)) return
    if (typeof node === 'string' && ['url', 'baseUrl', 'hosts', 'issuer'].includes(key)) {
      if (/^(?:https?:|\{)/.test(node)) found.push(node)
    } else if (Array.isArray(node)) for (const each of node) walk(each, key)
    else if (typeof node === 'object' && node !== null)
      for (const [inner, value] of Object.entries(node))
        walk(value, key === 'issuer' && inner === 'value' ? key : inner)
  }
  walk(definition, '')
  return found
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
        const url = expandUrl(definition, template, {
          ...values,
          clientId: 'client-id',
          accessToken: 'token',
        })
        expect(url.protocol, template).toBe('https:')
        expect(
          own.some((domain) => url.hostname === domain || url.hostname.endsWith(`.${domain}`)),
          url.href,
        ).toBe(true)
        expect(url.href).not.toMatch(/[{}]|%7B|%7D/i)
      }
    }
    for (const host of definition.api.hosts ?? []) {
      if (typeof host === 'string') continue
      expect(host.pattern).toMatch(/^\^https:\/\//)
      const ends = own.map((domain) => domain.replaceAll('.', '\\.'))
      expect(
        ends.some((end) => host.pattern.endsWith(`${end}$`) || host.pattern.endsWith(`${end})$`)),
        host.pattern,
      ).toBe(true)
    }
  })

  it('says what has to be done at the provider', () => {
    expect(definition.setup?.console).toMatch(/^https:/)
    expect(definition.setup?.register).toMatch(/\S/)
    expect(definition.setup?.redirectUri).toMatch(/\S/)
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

  it.each([
    ['gdrive', 'google-drive'],
    ['google_drive', 'google-drive'],
    ['gcal', 'google-calendar'],
    ['msteams', 'teams'],
    ['microsoft-teams', 'teams'],
    ['zoho_books', 'zoho-books'],
    ['monday.com', 'monday'],
    ['qbo', 'quickbooks'],
    ['sfdc', 'salesforce'],
    ['whatsapp-business', 'whatsapp'],
  ])('knows %s as %s', (alias, id) => {
    expect(findProvider(alias)?.id).toBe(id)
  })

  it.each(['', 'nope', '__proto__', 'constructor', 'slack/../zoom'])('finds nothing called %j', (name) => {
    expect(findProvider(name)).toBeUndefined()
  })
})
