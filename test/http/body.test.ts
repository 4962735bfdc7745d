import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readBody } from '../../src/http/body.ts'
import { checkHtmlResponse } from '../../src/http/check-html-response.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)
const readText = (text: string, how?: { formEncoded?: boolean }) => readBody(bytesOf(text), how)
const options = fc.constantFrom({}, { formEncoded: true }, { formEncoded: false })

describe('reading a body', () => {
  it('never throws, for any bytes', () => {
    const part = fc.oneof(
      fc.uint8Array({ maxLength: 20 }),
      fc
        .constantFrom(
          '<',
          '<!doctype',
          '<title>',
          '&#x110000;',
          '&#55296;',
          '{',
          '"',
          '\uFEFF',
          '=',
          '&',
          '%',
          '%zz',
          '\0',
        )
        .map(bytesOf),
    )
    const bytes = fc
      .array(part, { maxLength: 6 })
      .map((parts) => Uint8Array.from(parts.flatMap((each) => [...each])))
    fc.assert(
      fc.property(bytes, options, (body, how) => {
        expect(['empty', 'json', 'html', 'form', 'unreadable']).toContain(readBody(body, how).kind)
      }),
      { numRuns: 2_000 },
    )
  })

  it('gives JSON back, between white space and after a byte order mark', () => {
    const space = fc.constantFrom('', ' ', '\n', '\r\n\t ')
    fc.assert(
      fc.property(
        fc.jsonValue(),
        space,
        space,
        fc.constantFrom('', '\uFEFF'),
        options,
        (value, before, after, mark, how) => {
          const text = JSON.stringify(value)
          expect(readBody(bytesOf(mark + before + text + after), how)).toEqual({
            kind: 'json',
            value: JSON.parse(text),
          })
        },
      ),
    )
  })

  it('calls whatever starts as markup a page', () => {
    const start = fc.constantFrom(
      '<html',
      '<!DOCTYPE html',
      '<?xml',
      '<!-- x',
      '<p',
      '<HTML',
      '<a',
      '<script',
    )
    fc.assert(
      fc.property(
        fc.constantFrom('', ' ', '\n', '\uFEFF', '\uFEFF\n '),
        start,
        fc.string({ unit: 'grapheme' }),
        options,
        (before, tag, rest, how) => {
          expect(readText(`${before}${tag} ${rest.replaceAll('\0', '')}`, how).kind).toBe('html')
        },
      ),
    )
  })

  it.each(['</html>', '<html>', '<!---->', '<?php echo 1 ?>'])('%j is a page', (text) => {
    expect(readText(text, { formEncoded: true }).kind).toBe('html')
  })

  it.each(['< 5 items', '<', '<<', '5 < 6', 'a<b', '&lt;html&gt;'])('%j is no page', (text) => {
    expect(readText(text).kind).toBe('unreadable')
  })

  it('calls a page in Latin-1 a page: its first bytes say so', () => {
    const latin1 = Buffer.from(
      '<html><head><title>Maintenance</title></head><body>Service indisponible, d\u00e9sol\u00e9</body>',
      'latin1',
    )
    expect(readBody(latin1)).toMatchObject({ kind: 'html', title: 'Maintenance' })
  })

  it('reads a form where it may be one, and nowhere else', () => {
    const text = 'access_token=a%20b+c&scope=&token_type=bearer'
    expect(readText(text, { formEncoded: true })).toEqual({
      kind: 'form',
      value: { access_token: 'a b c', scope: '', token_type: 'bearer' },
    })
    expect(readText(text).kind).toBe('unreadable')
    for (const words of ['Service is warming up', 'a = b', 'oops', '=', 'a=b c'])
      expect(readText(words, { formEncoded: true }).kind).toBe('unreadable')
  })

  it('gives a form back', () => {
    const pairs = fc.dictionary(
      fc.stringMatching(/^[a-z_]{1,8}$/),
      fc.string({ unit: 'binary', maxLength: 10 }),
      { minKeys: 1 },
    )
    fc.assert(
      fc.property(pairs, (given) => {
        // A form that is JSON too (`1=`… is not) is JSON; nothing made of names and `=` is.
        expect(readText(new URLSearchParams(given).toString(), { formEncoded: true })).toEqual({
          kind: 'form',
          value: { ...given },
        })
      }),
    )
  })

  it('takes no longer for a form of ampersands that turns out to be none', () => {
    const time = (count: number) => {
      const before = performance.now()
      readText(`a=${'&'.repeat(count)} x`, { formEncoded: true })
      return performance.now() - before
    }
    time(8)
    // Two to the power of the count where a pattern backtracks: half a second at 26, hours at 40.
    expect(time(26)).toBeLessThan(50)
  })

  it('changes no prototype', () => {
    const read = readText('__proto__=x&a=1', { formEncoded: true })
    expect(read.kind === 'form' && Object.keys(read.value)).toEqual(['__proto__', 'a'])
    expect(Reflect.get({}, 'x')).toBeUndefined()
  })

  it.each([
    ['UTF-16 with a mark', Buffer.from('\uFEFF{"a":1}', 'utf16le')],
    ['UTF-16 without one', Buffer.from('{"a":1}', 'utf16le')],
    ['invalid UTF-8', Uint8Array.from([0x22, 0xff, 0x22])],
    ['a truncated sequence', Uint8Array.from([0x22, 0xe2, 0x82, 0x22])],
    ['an overlong sequence', Uint8Array.from([0x22, 0xc0, 0x80, 0x22])],
    ['a NUL', bytesOf('{"a":"\0"}')],
  ])('%s is unreadable', (_name, bytes) => expect(readBody(bytes)).toEqual({ kind: 'unreadable' }))
})

describe("a page's title", () => {
  const title = (markup: string) => {
    const body = readText(markup)
    return body.kind === 'html' ? body.title : 'not a page'
  }

  it.each([
    ['<title>Sign in &amp; go</title>', 'Sign in & go'],
    ['<html><TITLE lang="en">\n  A\n B </TITLE>', 'A B'],
    ['<title>&lt;b&gt; &quot;x&quot; &apos;y&apos; &#65;&#x42; &nbsp;z</title>', '<b> "x" \'y\' AB z'],
    ['<title>&unknown; &;</title>', '&unknown; &;'],
    ['<title></title>', undefined],
    ['<p>none</p>', undefined],
    ['<title>unclosed', 'unclosed'],
    ['<title>&constructor; &toString;</title>', '&constructor; &toString;'],
  ])('%s', (markup, words) => expect(title(markup)).toBe(words))

  it('is bounded once it is shown, and found quickly however the page is made', async () => {
    const check = await checkHtmlResponse(new Response(`<title>${'x'.repeat(100_000)}`))
    expect(check.title?.length).toBeLessThanOrEqual(500)
    const before = performance.now()
    title(`<p>${'<title '.repeat(140_000)}`)
    title(`<title>${'&#'.repeat(30_000)}`)
    expect(performance.now() - before).toBeLessThan(1_000)
  })
})

describe('checkHtmlResponse', () => {
  it('says what a page is, and leaves the response to be read', async () => {
    const response = new Response('<html><title>Sign in</title>', { status: 503 })
    expect(await checkHtmlResponse(response)).toEqual({
      isHtml: true,
      title: 'Sign in',
      message: 'the provider answered with an HTML page (HTTP 503, "Sign in") instead of JSON',
    })
    expect(await response.text()).toBe('<html><title>Sign in</title>')
  })

  it.each(['{"a":1}', '', 'plain words'])('%j is no page, whatever its content type says', async (text) => {
    const response = new Response(text, { headers: { 'content-type': 'text/html' } })
    expect(await checkHtmlResponse(response)).toEqual({ isHtml: false })
    expect(await checkHtmlResponse(new Response(null, { status: 204 }))).toEqual({ isHtml: false })
  })
})
