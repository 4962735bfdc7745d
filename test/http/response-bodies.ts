import type { Answer } from '../support/provider-server.ts'

/** What a token endpoint answered, and what has to come of it (DESIGN §5, §12). */
export interface BodyCase {
  readonly name: string
  readonly answer: Answer
  /** The error, or the tokens. */
  readonly error?: {
    readonly code: string
    readonly error?: string
    readonly description?: string | RegExp
    readonly status?: number
    readonly retryable?: boolean
    readonly retryAfter?: number
  }
  readonly tokens?: {
    readonly accessToken: string
    readonly refreshToken?: string
    /** s from now; `null`: no expiry. */
    readonly expiresIn?: number | null
    readonly scopes?: readonly string[]
    readonly tokenType?: string
  }
}

const json = (value: unknown, status = 200, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(value),
})
const page = '<!DOCTYPE html><html><head><title>Sign in &amp; continue</title></head><body>down</body></html>'
const good = {
  access_token: 'at-good',
  refresh_token: 'rt-good',
  expires_in: 3600,
  scope: 'read',
  token_type: 'Bearer',
}
const html = (body: string, status: number, type = 'text/html'): Answer => ({
  status,
  headers: { 'content-type': type },
  body,
})

export const bodyCases: readonly BodyCase[] = [
  {
    name: 'the answer of RFC 6749 §5.1',
    answer: json(good),
    tokens: { accessToken: 'at-good', refreshToken: 'rt-good', expiresIn: 3600, scopes: ['read'] },
  },
  {
    name: 'JSON labelled text/html',
    answer: { ...json(good), headers: { 'content-type': 'text/html' } },
    tokens: { accessToken: 'at-good' },
  },
  {
    name: 'JSON without a content type of its own',
    answer: { ...json(good), headers: { 'content-type': '' } },
    tokens: { accessToken: 'at-good' },
  },
  {
    name: 'JSON labelled text/javascript',
    answer: { ...json(good), headers: { 'content-type': 'text/javascript; charset=UTF-8' } },
    tokens: { accessToken: 'at-good' },
  },
  {
    name: 'JSON after a byte order mark',
    answer: { body: `\uFEFF${JSON.stringify(good)}` },
    tokens: { accessToken: 'at-good' },
  },
  {
    name: 'JSON between white space',
    answer: { body: `\r\n  ${JSON.stringify(good)}\n\n` },
    tokens: { accessToken: 'at-good' },
  },
  {
    name: 'expires_in as a numeric string',
    answer: json({ ...good, expires_in: '7200' }),
    tokens: { accessToken: 'at-good', expiresIn: 7200 },
  },
  {
    name: 'expires_in 0 (mailchimp)',
    answer: json({ ...good, expires_in: 0 }),
    tokens: { accessToken: 'at-good', expiresIn: null },
  },
  {
    name: 'expires_in negative',
    answer: json({ ...good, expires_in: -5 }),
    tokens: { accessToken: 'at-good', expiresIn: null },
  },
  {
    name: 'expires_in no number',
    answer: json({ ...good, expires_in: 'soon' }),
    tokens: { accessToken: 'at-good', expiresIn: null },
  },
  {
    name: 'expires_in absurd',
    answer: json({ ...good, expires_in: 1e15 }),
    tokens: { accessToken: 'at-good', expiresIn: null },
  },
  {
    name: 'expires_in null',
    answer: json({ ...good, expires_in: null }),
    tokens: { accessToken: 'at-good', expiresIn: null },
  },
  {
    name: 'expires_in absent',
    answer: json({ access_token: 'at-good', refresh_token: 'rt-good' }),
    tokens: { accessToken: 'at-good', expiresIn: null, scopes: ['read', 'offline'] },
  },
  {
    name: 'scope as an array (linear)',
    answer: json({ ...good, scope: ['a', 'b'] }),
    tokens: { accessToken: 'at-good', scopes: ['a', 'b'] },
  },
  {
    name: 'scope parted by commas (github)',
    answer: json({ ...good, scope: 'repo,gist' }),
    tokens: { accessToken: 'at-good', scopes: ['repo', 'gist'] },
  },
  {
    name: 'scope empty (github app)',
    answer: json({ ...good, scope: '' }),
    tokens: { accessToken: 'at-good', scopes: [] },
  },
  {
    name: 'scope null (mailchimp)',
    answer: json({ ...good, scope: null }),
    tokens: { accessToken: 'at-good', scopes: ['read', 'offline'] },
  },
  {
    name: 'token_type with a trailing space (airtable)',
    answer: json({ ...good, token_type: 'Bearer ' }),
    tokens: { accessToken: 'at-good', tokenType: 'Bearer' },
  },
  {
    name: 'token_type absent (shopify)',
    answer: json({ access_token: 'at-good' }),
    tokens: { accessToken: 'at-good', tokenType: 'Bearer' },
  },
  {
    name: 'error: null beside a token',
    answer: json({ ...good, error: null }),
    tokens: { accessToken: 'at-good' },
  },
  {
    name: 'a __proto__ key',
    answer: { body: '{"__proto__":{"access_token":"evil"},"access_token":"at-good"}' },
    tokens: { accessToken: 'at-good' },
  },
  { name: 'HTTP 201 with a token', answer: json(good, 201), tokens: { accessToken: 'at-good' } },

  {
    name: 'a page under HTTP 200',
    answer: html(page, 200),
    error: { code: 'html_response', status: 200, retryable: true, description: /Sign in & continue/ },
  },
  {
    name: 'a page under HTTP 400',
    answer: html(page, 400),
    error: { code: 'html_response', status: 400, retryable: false },
  },
  { name: 'a page under HTTP 404', answer: html(page, 404), error: { code: 'html_response', status: 404 } },
  {
    name: 'a page under HTTP 503',
    answer: html(page, 503),
    error: { code: 'html_response', status: 503, retryable: true },
  },
  {
    name: 'a page labelled as JSON',
    answer: html(page, 200, 'application/json'),
    error: { code: 'html_response', status: 200 },
  },
  {
    name: 'a page without a title',
    answer: html('<p>nope</p>', 502),
    error: { code: 'html_response', status: 502 },
  },
  {
    name: 'a page after a byte order mark',
    answer: html(`\uFEFF\n${page}`, 200),
    error: { code: 'html_response' },
  },
  {
    name: 'an XML answer (quickbooks gateway)',
    answer: html('<?xml version="1.0"?><Fault/>', 500, 'application/xml'),
    error: { code: 'html_response', status: 500 },
  },
  {
    name: 'a page under HTTP 429',
    answer: { ...html(page, 429), headers: { 'content-type': 'text/html', 'retry-after': '7' } },
    error: { code: 'html_response', status: 429, retryAfter: 7000 },
  },
  {
    name: 'a page that claims a huge title',
    answer: html(`<title>${'x'.repeat(5000)}</title>`, 200),
    error: { code: 'html_response' },
  },

  { name: 'an empty body', answer: { body: '' }, error: { code: 'malformed_response', status: 200 } },
  {
    name: 'an empty body under HTTP 500',
    answer: { status: 500, body: '' },
    error: { code: 'malformed_response', status: 500, retryable: true },
  },
  { name: 'white space only', answer: { body: ' \n ' }, error: { code: 'malformed_response' } },
  { name: 'null', answer: { body: 'null' }, error: { code: 'malformed_response' } },
  { name: 'an array', answer: json([good]), error: { code: 'malformed_response' } },
  { name: 'a JSON string', answer: { body: '"at-good"' }, error: { code: 'malformed_response' } },
  { name: 'a number', answer: { body: '42' }, error: { code: 'malformed_response' } },
  { name: 'an empty object', answer: json({}), error: { code: 'malformed_response' } },
  {
    name: 'truncated JSON',
    answer: { body: '{"access_token":"at-go' },
    error: { code: 'malformed_response' },
  },
  {
    name: 'plain words',
    answer: { headers: { 'content-type': 'text/plain' }, body: 'Service is warming up' },
    error: { code: 'malformed_response' },
  },
  {
    name: 'a form where none is declared',
    answer: { body: 'access_token=at-good&token_type=bearer' },
    error: { code: 'malformed_response' },
  },
  {
    name: 'invalid UTF-8',
    answer: {
      body: Buffer.concat([Buffer.from('{"access_token":"at'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]),
    },
    error: { code: 'malformed_response' },
  },
  {
    name: 'UTF-16',
    answer: { body: Buffer.from(`\uFEFF${JSON.stringify(good)}`, 'utf16le') },
    error: { code: 'malformed_response' },
  },
  {
    name: 'an access token that is a number',
    answer: json({ ...good, access_token: 12345 }),
    error: { code: 'malformed_response' },
  },
  {
    name: 'an access token that is an object',
    answer: json({ ...good, access_token: { a: 1 } }),
    error: { code: 'malformed_response' },
  },
  {
    name: 'an access token with a newline',
    answer: json({ ...good, access_token: 'at\r\nx-evil: 1' }),
    error: { code: 'malformed_response' },
  },
  {
    name: 'an empty access token',
    answer: json({ ...good, access_token: '' }),
    error: { code: 'malformed_response' },
  },
  {
    name: 'a refresh token of a wrong type',
    answer: json({ ...good, refresh_token: 7 }),
    error: { code: 'malformed_response' },
  },
  {
    name: 'more than 1 MiB',
    answer: { body: `{"access_token":"at-good","pad":"${'x'.repeat(1024 * 1024)}"}` },
    error: { code: 'response_too_large' },
  },

  {
    name: 'RFC 6749 §5.2 error',
    answer: json({ error: 'invalid_client', error_description: 'Unknown client' }, 401),
    error: {
      code: 'provider_error',
      error: 'invalid_client',
      description: 'Unknown client',
      status: 401,
      retryable: false,
    },
  },
  {
    name: 'an error inside HTTP 200',
    answer: json({ error: 'bad_verification_code', error_description: 'expired' }),
    error: { code: 'provider_error', error: 'bad_verification_code', status: 200 },
  },
  {
    name: 'an error beside a token under HTTP 200',
    answer: json({ ...good, error: 'access_denied' }),
    error: { code: 'provider_error', error: 'access_denied' },
  },
  {
    name: 'an error object (facebook)',
    answer: json({ error: { message: 'Code used', type: 'OAuthException', code: 100 } }, 400),
    error: { code: 'provider_error', error: '100', description: 'Code used' },
  },
  {
    name: 'error: true with a message (figma)',
    answer: json({ error: true, status: 400, message: 'Invalid code' }, 400),
    error: { code: 'provider_error', error: 'http_400', description: 'Invalid code' },
  },
  {
    name: 'an error that names nothing',
    answer: json({ ok: 0 }, 400),
    error: { code: 'provider_error', error: 'http_400', status: 400 },
  },
  {
    name: 'an array under HTTP 400',
    answer: json([{ message: 'x' }], 400),
    error: { code: 'provider_error', error: 'http_400' },
  },
  {
    name: 'null under HTTP 502',
    answer: { status: 502, body: 'null' },
    error: { code: 'provider_error', error: 'http_502', retryable: true },
  },
  {
    name: 'a token under HTTP 500',
    answer: json(good, 500),
    error: { code: 'provider_error', error: 'http_500', retryable: true },
  },
  {
    name: 'an OAuth error under HTTP 503',
    answer: json({ error: 'temporarily_unavailable' }, 503, { 'retry-after': '3' }),
    error: { code: 'provider_error', error: 'temporarily_unavailable', retryable: true, retryAfter: 3000 },
  },
  {
    name: 'HTTP 429 with seconds',
    answer: json({ error: 'slow_down' }, 429, { 'retry-after': '30' }),
    error: { code: 'rate_limited', status: 429, retryable: true, retryAfter: 30_000 },
  },
  {
    name: 'HTTP 429 with fractional seconds (shopify)',
    answer: json({}, 429, { 'retry-after': '2.5' }),
    error: { code: 'rate_limited', retryAfter: 2500 },
  },
  {
    name: 'HTTP 429 with an empty body',
    answer: { status: 429, body: '' },
    error: { code: 'rate_limited', status: 429 },
  },
  {
    name: 'HTTP 429 that calls itself invalid_grant',
    answer: json({ error: 'invalid_grant' }, 429),
    error: { code: 'rate_limited' },
  },
  {
    name: 'a redirect',
    answer: { status: 302, headers: { location: 'https://elsewhere.example/' }, body: '' },
    error: { code: 'unexpected_redirect', status: 302 },
  },
  {
    name: 'a redirect with a page',
    answer: {
      status: 307,
      headers: { location: 'https://elsewhere.example/', 'content-type': 'text/html' },
      body: page,
    },
    error: { code: 'unexpected_redirect' },
  },
  {
    name: 'control characters in the words',
    answer: json({ error: 'bad\u0000\u001b[31m', error_description: 'line\r\nfeed' }, 400),
    error: { code: 'provider_error', error: 'bad [31m', description: 'line feed' },
  },
]
