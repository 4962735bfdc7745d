import type { Answer } from '../../support/provider-server.ts'
import { formsOf } from './leak-search.ts'
import { json } from './provider.ts'

const base64 = (text: string) => Buffer.from(text).toString('base64')
/** How a provider may write what it echoes. */
export const encodings: Readonly<Record<string, (secret: string) => string>> = {
  raw: (secret) => secret,
  'percent-encoded': encodeURIComponent,
  'percent-encoded in lower case': (secret) => formsOf(secret)['percent, lower case'] ?? '',
  'percent-encoded by RFC 3986': (secret) => formsOf(secret)['percent, strict'] ?? '',
  'form-encoded': (secret) => formsOf(secret).form ?? '',
  Base64: base64,
  Base64url: (secret) => Buffer.from(secret).toString('base64url'),
}

const escapeHtml = (text: string) =>
  text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;')
const html = (status: number, title: string): Answer => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: `<!doctype html><title>${escapeHtml(title)}</title><p>${escapeHtml(title)}</p>`,
})

/** Answers that echo something, by where they do. */
export const carriers: Readonly<Record<string, (echo: string) => Answer>> = {
  'error_description of a 400': (echo) => json(400, { error: 'invalid_request', error_description: echo }),
  'error of a 400': (echo) => json(400, { error: echo }),
  'description of an invalid_grant': (echo) => json(400, { error: 'invalid_grant', error_description: echo }),
  'an error object under HTTP 200': (echo) => json(200, { error: { code: echo, message: echo } }),
  'message of a 503': (echo) => json(503, { error: 'busy', message: echo }),
  'a 429': (echo) => json(429, { error: 'slow_down', error_description: echo }, { 'retry-after': '1' }),
  'the title of a page': (echo) => html(500, echo),
  'the end of a long title': (echo) => html(200, `${'sorry '.repeat(64)}${echo}`),
  'the cut of a long description': (echo) =>
    json(400, { error: 'invalid_request', error_description: `${'sorry '.repeat(81)}${echo}` }),
  'the address of a redirect': (echo) => ({
    status: 302,
    headers: { location: `/next?${encodeURIComponent(echo)}` },
  }),
  headers: (echo) =>
    json(401, {}, { 'x-echo': encodeURI(echo), 'www-authenticate': `Bearer error="${encodeURI(echo)}"` }),
  'plain words': (echo) => ({ status: 400, headers: { 'content-type': 'text/plain' }, body: `No: ${echo}` }),
  'half a JSON': (echo) => ({ status: 200, body: `{"access_token":${JSON.stringify(echo)},` }),
  'a token of a wrong type': (echo) =>
    json(200, { access_token: { value: echo }, id: { value: echo }, name: [echo] }),
  'a token with a control character': (echo) =>
    json(200, { access_token: `${echo}\n`, refresh_token: `${echo}\n` }),
  'more than 1 MiB': (echo) =>
    json(200, { error: echo, padding: echo.repeat(Math.ceil(2 ** 20 / echo.length)) }),
}
