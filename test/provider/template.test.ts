import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { github } from '../../providers/github.ts'
import { gitlab } from '../../providers/gitlab.ts'
import { quickbooks } from '../../providers/quickbooks.ts'
import { zohoBooks } from '../../providers/zoho-books.ts'
import { isOAuthError } from '../../src/errors/oauth-error.ts'
import type { ProviderDefinition } from '../../src/provider/definition.ts'
import { assertSafeUrl, expandText, expandUrl, matchesPattern } from '../../src/provider/template.ts'
import { acmeAt } from '../support/acme.ts'

const any = { description: 'anything', pattern: '^[\\s\\S]*$', example: 'x' }
const acme: ProviderDefinition = { ...acmeAt('https://acme.example'), params: { p: any, q: any } }

/** The URL, or the code of the refusal; anything else is a bug. */
function expand(
  template: string,
  values: Record<string, string>,
  definition: ProviderDefinition = acme,
): URL | string {
  try {
    return expandUrl(definition, template, values)
  } catch (error) {
    if (!isOAuthError(error)) throw error
    return error.code
  }
}

// Well-formed text; half of a surrogate pair has a test of its own below.
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc
    .array(
      fc.constantFrom(
        '/',
        '\\',
        '?',
        '#',
        '@',
        ':',
        '.',
        '..',
        '%',
        '%2f',
        '%2e%2e',
        '&',
        '=',
        '{q}',
        '{p}',
        '[',
        ']',
        '\t',
        '\n',
        ' ',
        'evil.example',
        '127.0.0.1',
        'xn--',
        '\u3002',
        '\uff0e',
        '\uff0f',
        'é',
        '\u{1f600}',
        'a',
      ),
      { maxLength: 6 },
    )
    .map((parts) => parts.join('')),
)
const notDots = hostile.filter((value) => !/^\.+$/.test(value))

describe('a text param in a URL', () => {
  it('never changes scheme, host or port, adds no segment and no query parameter', () => {
    fc.assert(
      fc.property(notDots, notDots, (p, q) => {
        const url = expand('https://acme.example:8443/v1/{p}/x/{q}?a={p}&b={q}', { p, q })
        if (typeof url === 'string') {
          expect(url).toMatch(/^(params_invalid|host_not_allowed)$/)
          return
        }
        expect(url.origin).toBe('https://acme.example:8443')
        expect(url.pathname.split('/')).toHaveLength(5)
        expect([...url.searchParams.keys()]).toEqual(['a', 'b'])
        expect(url.searchParams.get('a')).toBe(p)
        expect(decodeURIComponent(url.pathname.split('/')[2] ?? '')).toBe(p)
        expect(url.hash).toBe('')
      }),
      { numRuns: 2_000 },
    )
  })

  it.each(['.', '..'])('%j takes away no segment of the path', (p) => {
    const url = expand('https://acme.example/v1/{p}/revoke', { p })
    if (typeof url !== 'string') expect(url.pathname.split('/')).toHaveLength(4)
  })

  it('takes away no segment when two params make a ".." together', () => {
    const url = expand('https://acme.example/v1/{p}{q}/revoke', { p: '.', q: '.' })
    if (typeof url !== 'string') expect(url.pathname.split('/')).toHaveLength(4)
  })

  it('is refused as a host label unless it is one, and stays one label under the suffix', () => {
    fc.assert(
      fc.property(fc.oneof(hostile, fc.domain(), fc.constantFrom('shop', 'a-b', 'A')), (p) => {
        const url = expand('https://{p}.acme.example/x', { p })
        if (typeof url === 'string') {
          expect(url).toBe('host_not_allowed')
          return
        }
        expect(url.hostname.endsWith('.acme.example')).toBe(true)
        expect(url.hostname.split('.')).toHaveLength(3)
        expect(url.pathname).toBe('/x')
      }),
      { numRuns: 2_000 },
    )
  })

  it('is refused as a host label also where it arrives through a derived value', () => {
    const derived: ProviderDefinition = {
      ...acme,
      derived: { base: { from: 'p', cases: [{ when: '^[\\s\\S]*$', value: 'https://{p}.acme.example' }] } },
    }
    fc.assert(
      fc.property(fc.oneof(hostile, fc.domain()), (p) => {
        const url = expand('{base}/x', { p }, derived)
        if (typeof url === 'string') {
          expect(url).toMatch(/^(params_invalid|host_not_allowed)$/)
          return
        }
        expect(url.hostname.split('.')).toHaveLength(3)
      }),
    )
  })

  it('with half a surrogate pair is refused with our own error', () => {
    for (const p of ['\ud800', 'a\udc00b']) {
      const url = expand('https://acme.example/{p}', { p })
      if (typeof url !== 'string') expect(url.pathname.split('/')).toHaveLength(2)
    }
  })

  it('is not read as a template again', () => {
    const url = expand('https://acme.example/{p}', { p: '{q}', q: 'secret' })
    expect(url instanceof URL && decodeURIComponent(url.pathname)).toBe('/{q}')
    expect(expandText(acme, 'a {p} b', { p: '{q} $& $1', q: 'secret' })).toBe('a {q} $& $1 b')
  })
})

describe('params of format host and url', () => {
  const definition: ProviderDefinition = {
    ...acme,
    params: { host: { ...any, format: 'host' }, server: { ...any, format: 'url' } },
  }

  it('never lead past https, to user info or to a host that reads differently from what it is', () => {
    fc.assert(
      fc.property(fc.oneof(hostile, fc.domain(), fc.webUrl()), (value) => {
        for (const [template, host] of [
          ['https://{host}/oauth/token', value],
          ['{server}/oauth/token', value],
        ] as const) {
          const url = expand(template, { host, server: value }, definition)
          if (typeof url === 'string') continue
          expect(url.username + url.password).toBe('')
          if (url.protocol !== 'https:') expect(url.hostname).toMatch(/^(localhost|\[::1\]|127(\.\d+){3})$/)
          if (template.startsWith('https://')) expect(url.protocol).toBe('https:')
          expect(`${template.startsWith('https') ? 'https://' : ''}${value}`.toLowerCase()).toContain(
            url.hostname,
          )
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it.each([
    'user@evil.example',
    'user:pw@evil.example',
    'gitlab.com@evil.example',
    '@evil.example',
    'evil.example:99999',
    'a b',
    '0x7f.1',
    '2130706433',
    '127.1',
    '%65vil.example',
    'gitlab\u3002com',
    'GİTLAB.com',
    '',
  ])('host %j is refused', (host) => {
    expect(expand('https://{host}/oauth/token', { host }, definition)).toBe('host_not_allowed')
  })
})

describe('a URL', () => {
  it.each([
    ['http://acme.example/', false],
    ['http://localhost:3000/', true],
    ['http://127.0.0.1/', true],
    ['http://127.9.9.9:1/', true],
    ['http://[::1]:3000/', true],
    ['http://127.0.0.1.evil.example/', false],
    ['http://localhost.evil.example/', false],
    ['http://0.0.0.0/', false],
    ['http://10.0.0.1/', false],
    ['ftp://localhost/', false],
    ['file:///etc/passwd', false],
    ['javascript:alert(1)', false],
    ['data:text/html,x', false],
    ['//acme.example', false],
    ['acme.example', false],
    ['', false],
    ['https://user@acme.example/', false],
    ['https://:pw@acme.example/', false],
    ['https://@acme.example/', false],
    ['https:acme.example', false],
    ['https:/acme.example', false],
    ['https://acme.example:443/', true],
    ['https://ACME.example/', true],
    ['https://acme.example', true],
    ['https://acme.example?x', true],
    ['https://münchen.example/', false],
  ])('%j: %s', (text, accepted) => {
    let answer: string | undefined
    try {
      assertSafeUrl(acme, text)
    } catch (error) {
      if (!isOAuthError(error)) throw error
      answer = error.code
    }
    expect(answer).toBe(accepted ? undefined : 'host_not_allowed')
  })

  it('that is refused is not repeated in the error', () => {
    expect(() => assertSafeUrl(acme, 'https://u:hunter2@acme.example/')).toThrow(/user name/)
    expect(() => assertSafeUrl(acme, 'https://u:hunter2@acme.example/')).not.toThrow(/hunter2/)
  })
})

describe('values that follow from others', () => {
  it('derive the quickbooks API host from the environment', () => {
    const host = (values: Record<string, string>) => expandUrl(quickbooks, 'https://{apiHost}/', values).host
    expect(host({})).toBe('quickbooks.api.intuit.com')
    expect(host({ environment: 'production' })).toBe('quickbooks.api.intuit.com')
    expect(host({ environment: 'sandbox' })).toBe('sandbox-quickbooks.api.intuit.com')
    expect(expand('https://{apiHost}/', { environment: 'other' }, quickbooks)).toBe('params_invalid')
  })

  it('derive the github API base from the host', () => {
    const base = (host?: string) =>
      expandUrl(github, '{apiBase}/user', host === undefined ? {} : { host }).href
    expect(base()).toBe('https://api.github.com/user')
    expect(base('acme.ghe.com')).toBe('https://api.acme.ghe.com/user')
    expect(base('git.acme.example')).toBe('https://git.acme.example/api/v3/user')
  })

  it('fill defaults that hold placeholders, through two steps (zoho)', () => {
    const token = (values: Record<string, string>) => expandUrl(zohoBooks, zohoBooks.token.url, values).origin
    expect(token({})).toBe('https://accounts.zoho.com')
    expect(token({ location: 'ca' })).toBe('https://accounts.zohocloud.ca')
    expect(token({ location: 'ca', accountsServer: 'https://accounts.zoho.jp' })).toBe(
      'https://accounts.zoho.jp',
    )
    expect(expandUrl(zohoBooks, '{apiDomain}/', { location: 'au' }).host).toBe('www.zohoapis.com.au')
  })

  it('take a host with port and path (gitlab)', () => {
    expect(expandUrl(gitlab, gitlab.token.url, { host: 'git.acme.example:8443/gitlab' }).href).toBe(
      'https://git.acme.example:8443/gitlab/oauth/token',
    )
  })

  it.each<[string, Pick<ProviderDefinition, 'params' | 'derived'>]>([
    ['a default of itself', { params: { a: { ...any, default: '{a}' } } }],
    [
      'two defaults of each other',
      { params: { a: { ...any, default: '{b}{b}' }, b: { ...any, default: '{a}{a}' } } },
    ],
    [
      'a derived value of itself',
      { params: { p: any }, derived: { a: { from: 'p', cases: [{ when: '^.*$', value: '{a}{a}' }] } } },
    ],
    ['a derived value from itself', { derived: { a: { from: 'a', cases: [{ when: '^x$', value: 'y' }] } } }],
  ])('end with params_invalid in a cycle: %s', (_name, fields) => {
    const definition: ProviderDefinition = { ...acmeAt('https://acme.example'), ...fields }
    expect(expand('https://acme.example/{a}', {}, definition)).toBe('params_invalid')
    expect(() => expandText(definition, '{a}', {})).toThrow(/params_invalid/)
  })

  it('are not found in what every object inherits', () => {
    const derived = { base: { from: 'p', cases: [{ when: '^.*$', value: 'x' }] } }
    for (const name of ['constructor', 'toString', 'valueOf', 'hasOwnProperty'])
      for (const definition of [acme, { ...acme, derived }])
        expect(expand(`https://acme.example/{${name}}`, {}, definition)).toBe('params_invalid')
  })

  it('name what a connection lacks', () => {
    expect(() => expandText(acme, '{p}', {})).toThrow(
      'Acme OAuth failed: params_invalid - the connection lacks "p"',
    )
  })
})

describe('a pattern', () => {
  it('never matches a value with a line end, whatever it says', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('\n', '\r'), fc.string(), (a, end, b) => {
        expect(matchesPattern('^[\\s\\S]*$', a + end + b)).toBe(false)
      }),
    )
  })

  it.each([
    ['^acme|corp$', ['acme.evil.example', 'evil.example/corp']],
    ['^acme\\$', ['acme$.evil.example']],
  ])('%s is matched against the whole value', (pattern, values) => {
    for (const value of values) expect(matchesPattern(pattern, value)).toBe(false)
  })
})
