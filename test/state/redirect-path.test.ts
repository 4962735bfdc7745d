import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isOAuthError } from '../../src/errors/oauth-error.ts'
import { assertRedirectPath, isSafeRedirectPath } from '../../src/state/redirect-path.ts'

const bases = [
  'https://app.example.com',
  'https://app.example.com/deep/er/page?x=1#y',
  'http://localhost:3000/oauth/slack/callback?code=1',
  'http://[::1]:8080/',
]

const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '/',
        '//',
        '\\',
        '\t',
        '\n',
        '\r',
        '\0',
        ':',
        '@',
        '?',
        '#',
        '.',
        '..',
        '%2f',
        '%5c',
        '%09',
        '%2e',
        ' ',
      ),
      fc.constantFrom(
        'https:',
        'javascript:',
        'evil.example',
        '\u3000',
        '\u2028',
        '\u0085',
        '\uff0f',
        '\ufeff',
        '\u00ad',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''))
const paths = fc.oneof(
  nasty,
  nasty.map((text) => `/${text}`),
  fc.webPath(),
)

describe('a redirectPath', () => {
  it('that is accepted stays on the site it is resolved at', () => {
    let accepted = 0
    fc.assert(
      fc.property(paths, (path) => {
        if (!isSafeRedirectPath(path)) return
        accepted++
        for (const base of bases) expect(new URL(path, base).origin).toBe(new URL(base).origin)
        const asBrowsersReadIt = path.replace(/[\t\r\n]/g, '').trim()
        expect(asBrowsersReadIt.startsWith('/')).toBe(true)
        expect(asBrowsersReadIt).not.toMatch(/^\/[/\\]/)
        expect(asBrowsersReadIt.replaceAll('\\', '/')).not.toMatch(/^\/\//)
      }),
      { numRuns: 5_000 },
    )
    expect(accepted).toBeGreaterThan(500)
  })

  it.each([
    'https://evil.example/',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\/evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '/\r\n/evil.example',
    '\t//evil.example',
    ' //evil.example',
    ' /ok',
    '',
    'evil',
    'javascript:alert(1)',
    '/a\\b',
    '/a\0b',
    '/a\u007fb',
    '?a=1',
    '#a',
    '.',
    '/x\r\nset-cookie: a=b',
    `/${'x'.repeat(2_000)}`,
  ])('%j is refused', (path) => {
    expect(isSafeRedirectPath(path)).toBe(false)
    expect(() => assertRedirectPath(path, 'acme', 'Acme')).toThrow('Acme OAuth failed: params_invalid')
  })

  it.each([
    '/',
    '/integrations',
    '/a/b?c=d&e=//f#g',
    '/?next=https://x.example',
    '/%2f%2fevil.example',
    '/ü',
    '/a:b',
    '/@x',
  ])('%j is taken as it is', (path) => expect(assertRedirectPath(path, 'acme', 'Acme')).toBe(path))

  it('is refused with an error that does not repeat it', () => {
    try {
      assertRedirectPath('//evil.example/secret', 'acme', 'Acme')
      expect.unreachable()
    } catch (error) {
      expect(isOAuthError(error) && error.message).not.toContain('evil.example')
    }
  })
})

it.each(['/.//evil.example', '/a/..//evil.example', '/%2e//evil.example', '/a/%2e%2e//evil.example'])(
  'refuses %s, which a browser makes another host of',
  (path) => expect(isSafeRedirectPath(path)).toBe(false),
)

it.each([
  ['/', true],
  [`/${'a'.repeat(1_999)}`, true],
  [`/${'a'.repeat(2_000)}`, false],
  [`/~${'a'.repeat(1_998)}`, true],
  [`/~${'a'.repeat(1_999)}`, false],
] as const)('takes up to 2,000 characters, plain or not (%#)', (path, isSafe) =>
  expect(isSafeRedirectPath(path)).toBe(isSafe),
)
