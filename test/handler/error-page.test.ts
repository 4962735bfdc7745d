import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { OAuthError, type OAuthErrorDetails } from '../../src/errors/oauth-error.ts'
import { createOAuthHandler, type HandlerFailure } from '../../src/handler/oauth-handler.ts'
import { fakeClient, origin, shop } from './fake-client.ts'

/** A callback that fails with this, as a browser (or `accept`) meets it. */
async function meet(
  error: unknown,
  accept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
) {
  const client = fakeClient({ provider: { ...shop, name: 'Shop <b>&</b> "Co"' } })
  client.callback = () => Promise.reject(error)
  const failures: HandlerFailure[] = []
  const handler = createOAuthHandler({
    clients: [client],
    session: () => undefined,
    onError: (failure) => failures.push(failure),
  })
  const response = await handler(
    new Request(`${origin}/oauth/shop/callback?state=s&code=c`, { headers: { accept } }),
  )
  return { response, text: await response.text(), reference: failures[0]?.reference ?? 'none' }
}

const oauthError = (details: Partial<OAuthErrorDetails> = {}) =>
  new OAuthError({ code: 'provider_error', provider: 'shop', providerName: shop.name, ...details })

describe('the error page', () => {
  it('escapes whatever the provider says', async () => {
    const hostile = `</p><script>alert(1)</script><img src=x onerror="alert('2')">&lt;`
    const { text } = await meet(
      oauthError({ error: hostile, errorDescription: `${hostile}'"`, hint: hostile }),
    )
    expect(text).not.toMatch(/<script|<img|<b>/)
    expect(text).toContain('&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(text).toContain('&amp;lt;')
    expect(text).toContain('onerror=&quot;alert(&#39;2&#39;)&quot;')
    expect(text).toContain('<h1>Shop &lt;b&gt;&amp;&lt;/b&gt; &quot;Co&quot; was not connected</h1>')
  })

  it('says what happened, what to do, and a reference that onError has too', async () => {
    const error = oauthError({ code: 'state_expired', detail: 'the flow took longer than ten minutes' })
    const { response, text, reference } = await meet(error)
    expect(response.status).toBe(400)
    expect(text).toContain(
      'Shop &amp; Co OAuth failed: state_expired - the flow took longer than ten minutes',
    )
    expect(text).toContain(error.hint)
    expect(reference).toMatch(/^[\da-f]{16}$/)
    expect(text).toContain(reference)
  })

  it('allows its own style and nothing else', async () => {
    const { response, text } = await meet(oauthError())
    const style = /<style>([\s\S]*?)<\/style>/.exec(text)?.[1] ?? ''
    const hash = createHash('sha256').update(style).digest('base64')
    expect(response.headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    )
    expect(style).toContain('prefers-color-scheme: dark')
    expect(text).toContain('name="viewport"')
    expect(text).not.toMatch(/https?:|src=|href=|style=|url\(/)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    })
  })

  it.each([
    ['html_response', 502],
    ['timeout', 502],
    ['rate_limited', 502],
    ['store_failed', 503],
    ['config_invalid', 500],
    ['state_mismatch', 400],
    ['connect_refused', 403],
  ] as const)('%s is a %i', async (code, status) => {
    const { response } = await meet(oauthError({ code, retryAfter: 1_500 }))
    expect(response.status).toBe(status)
    expect(response.headers.get('retry-after')).toBe('2')
  })

  it.each([
    ['another error', new Error('password=hunter2')],
    ['a string', 'password=hunter2'],
    ['a fault of our side', oauthError({ code: 'store_failed', detail: 'password=hunter2' })],
  ])('keeps the words of %s to the log', async (_name, error) => {
    const { response, text, reference } = await meet(error)
    expect(response.status).toBeGreaterThanOrEqual(500)
    expect(text).not.toContain('hunter2')
    expect(text).toContain(reference)
  })

  it('still answers when onError throws', async () => {
    const client = fakeClient()
    const throws = () => {
      throw new Error('the log is full')
    }
    for (const onError of [throws, async () => throws()]) {
      const handler = createOAuthHandler({ clients: [client], session: () => undefined, onError })
      expect((await handler(new Request(`${origin}/oauth/shop/callback`))).status).toBe(400)
    }
  })

  it.each([
    ['application/json', true],
    ['text/html;q=0.5, application/json', true],
    ['text/*;q=0.2, application/*;q=0.3', true],
    ['application/json, text/html', false],
    ['application/json;q=0.1, */*', false],
    ['application/json;q=0', false],
    ['*/*', false],
    ['', false],
  ])('Accept: %s', async (accept, json) => {
    const { response, text, reference } = await meet(oauthError({ error: 'nope' }), accept)
    expect(response.headers.get('content-type')).toContain(json ? 'application/json' : 'text/html')
    if (json)
      expect(JSON.parse(text)).toEqual({
        error: {
          code: 'provider_error',
          message: 'Shop & Co OAuth failed: nope',
          hint: 'The provider refused the request: see error and errorDescription.',
          provider: 'shop',
          reference,
        },
      })
  })
})
