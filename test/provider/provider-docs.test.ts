import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import * as index from '../../providers/index.ts'
import { providerDocs } from '../../scripts/provider-docs.ts'
import { duration, prose, sentence, table } from '../../scripts/words.ts'
import type { ProviderDefinition } from '../../src/provider/definition.ts'
import { acmeAt } from '../support/acme.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const providers: readonly ProviderDefinition[] = index.providers
const published = readFileSync(`${root}docs/providers.md`, 'utf8')

describe('docs/providers.md', () => {
  it('is not stale', () => {
    expect(published === providerDocs(providers), 'run npm run docs:providers').toBe(true)
    const check = () =>
      execFileSync(`${root}node_modules/.bin/tsx`, ['scripts/generate-provider-docs.ts', '--check'], {
        cwd: root,
        stdio: 'pipe',
      })
    expect(check).not.toThrow()
  })

  it('has a row and a section for each, by name', () => {
    const headings = [...published.matchAll(/^## (.+)$/gm)].map(([, name]) => name)
    const names = providers.map(({ name }) => name).sort((a, b) => a.localeCompare(b, 'en'))
    expect(headings).toEqual(names)
    for (const { id } of providers) expect(published).toMatch(new RegExp(`^\\| \\[${id}\\]\\(#`, 'm'))
  })

  it('does not depend on the order of the definitions', () => {
    expect(providerDocs([...providers].reverse())).toBe(providerDocs(providers))
  })

  it('says nothing that is not a word', () => {
    expect(published).not.toMatch(/undefined|\[object|NaN|null,|\bfalse\b;/)
  })

  it('says what a definition says', () => {
    const text = providerDocs([
      {
        ...acmeAt('https://acme.example'),
        setup: {
          console: 'https://acme.example/apps',
          register: 'an app with *all* rights',
          redirectUri: 'https, exactly as registered',
        },
        params: {
          site: { description: 'the site', pattern: '^[a-z]+$', example: 'abc', required: true },
          host: { description: 'the host', pattern: '^[a-z]+$', example: 'abc', trusted: true, default: 'd' },
        },
        tokenResponse: { lifetime: 3_600 },
        refresh: {
          rotates: true,
          lifetime: { idle: 60 * 86_400, absolute: 365 * 86_400 },
          reuse: { grace: 1_800, until: 'replacement-used', late: 'ends-grant' },
        },
        lifecycle: {
          status: 'closing',
          since: '2026-03-06',
          source: 'https://acme.example/end',
          note: 'no new accounts',
        },
        quirks: ['names change'],
      } as const,
    ])
    for (const line of [
      '| [acme](#acme) | Acme | oauth2   | yes  | 1 hour             | yes, rotates | yes        | **site**              | closing since 2026-03-06 |',
      '> **This integration is closing**, since 2026-03-06. No new accounts. See <https://acme.example/end>.',
      '- **Register** at <https://acme.example/apps>. An app with \\*all\\* rights.',
      '- **Redirect URI**: https, exactly as registered.',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it stands there for the reader
      '- **Environment**: `ACME_CLIENT_ID` and `ACME_CLIENT_SECRET`; the redirect URI is `${LATCHKEY_BASE_URL}/oauth/acme/callback` unless `redirectUri` is given.',
      '- **Scopes** by default: `read` `offline`',
      '- **Tokens**: the access token lives 1 hour. Each refresh gives a new refresh token. It ends after 60 days unused or 365 days after the user connected. A used one is still taken for 30 minutes or until the new one is first used. Using an old one again later ends the whole grant.',
      '| **site** | user                           | the site              | `abc`   |',
      '| host     | the client’s options (trusted) | the host; default `d` | `abc`   |',
      '- Names change.',
      'Checked 2026-11-21. Pages: <https://acme.example/docs>.',
    ])
      expect(text.split('\n')).toContain(line)
  })

  it.each([
    [30, '30 seconds'],
    [1_800, '30 minutes'],
    [3_599, 'about 1 hour'],
    [3_600, '1 hour'],
    [86_399, 'about 1 day'],
    [5_184_000, '60 days'],
    [5_400, '90 minutes'],
  ])('%i seconds are %s', (seconds, words) => {
    expect(duration(seconds)).toBe(words)
  })

  it('keeps markup out of prose, and pipes out of cells', () => {
    expect(prose('a *b* <c> `*d*`')).toBe('a \\*b\\* \\<c> `*d*`')
    expect(sentence('client_id is it')).toBe('client_id is it.')
    expect(table(['a'], [['x|y']])[2]).toBe('| x\\|y |')
  })
})
