import { describe, expect, it } from 'vitest'
import { htmlPattern } from '../../examples/integrations-page/connect-form.ts'
import { html } from '../../examples/integrations-page/html.ts'
import {
  connectFailures,
  connectFailureWords,
  runWords,
} from '../../examples/integrations-page/public/words.js'
import { providers } from '../../providers/index.ts'
import { errorCodes } from '../../src/errors/codes.ts'
import type { ProviderDefinition } from '../../src/index.ts'
import { matchesPattern } from '../../src/provider/template.ts'
import type { HistoricalSyncRun } from '../../src/sync/types.ts'

// What of the integrations page needs no browser to be judged.

describe('the fields’ patterns', () => {
  const rows = providers.flatMap(({ id, ...definition }: ProviderDefinition) => {
    const keys = definition.protocol === 'api-key' ? definition.credentials : {}
    return Object.entries({ ...definition.params, ...keys }).map(
      ([name, about]) => [`${id} ${name}`, about] as const,
    )
  })

  it.each(rows)('%s: browsers take what the library takes', (_name, about) => {
    const pattern = htmlPattern(about)
    expect(pattern).toBeDefined()
    // As the HTML standard has it.
    const judge = new RegExp(`^(?:${pattern})$`, 'v')
    for (const value of [about.example, ...samples])
      expect([value, judge.test(value)]).toEqual([value, matchesPattern(about.pattern, value)])
  })

  const samples = [
    'not one!',
    'a',
    'acme',
    '-acme',
    'acme-',
    'ACME',
    '123456',
    'us',
    'a.b',
    'a b',
    '../x',
    '€',
    '',
  ]

  it('takes what is pasted where the library brings it down to the value', () => {
    const shop = {
      pattern: '^[a-z-]+$',
      normalize: { stripPrefixes: ['https://'], stripSuffixes: ['/', '.x.com'] },
    }
    const judge = new RegExp(`^(?:${htmlPattern(shop)})$`, 'v')
    expect(
      ['acme', 'https://acme', 'https://acme.x.com/', 'acmeyx.com'].map((each) => judge.test(each)),
    ).toEqual([true, true, true, false])
  })

  it('leaves to the server what a browser cannot read', () => {
    expect(htmlPattern({ pattern: '^(?:a$' })).toBeUndefined()
  })
})

describe('the words', () => {
  it('has some for every code, each with the name of what failed where it is said', () => {
    expect(Object.keys(connectFailures).sort()).toEqual(Object.keys(errorCodes).sort())
    for (const code of [...Object.keys(errorCodes), 'constructor', 'unheard_of'])
      expect(connectFailureWords(code, 'Slack')).toMatch(/^[A-Z][^{}_]*\.$/)
  })

  it('says why there was nothing to do, and shows no bar', () => {
    const at = new Date('2026-11-21T00:00:00Z')
    const run: HistoricalSyncRun = {
      id: 'r-1',
      provider: 'slack',
      tenantId: 'demo',
      connectionId: 'default',
      from: at,
      to: at,
      status: 'completed',
      nothingToDo: 'already_synced',
      windows: [],
      progress: { windows: 0, windowsDone: 0, records: 0, fraction: 1 },
      attempts: 0,
      errors: [],
      createdAt: at,
      updatedAt: at,
    }
    expect(runWords(run)).toMatchObject({
      headline: 'Nothing to do: everything up to now has been read before.',
      detail: '',
      hasBar: false,
    })
    expect(runWords({ ...run, nothingToDo: 'no_run' }).headline).toContain('reads no history')
  })
})

describe('html', () => {
  it('escapes every value, in text and attributes, and leaves its own markup as it is', () => {
    const name = `<b title="x">&'`
    const inner = html`<i>${name}</i>`
    expect(html`<p title="${name}">${[inner, name]}${false}${undefined}</p>`.markup).toBe(
      '<p title="&lt;b title=&quot;x&quot;&gt;&amp;&#39;"><i>&lt;b title=&quot;x&quot;&gt;&amp;&#39;</i>\n' +
        '&lt;b title=&quot;x&quot;&gt;&amp;&#39;</p>',
    )
  })
})
