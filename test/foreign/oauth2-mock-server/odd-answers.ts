import type { OAuthError } from '../../../src/errors/oauth-error.ts'

export interface OddAnswer {
  readonly name: string
  readonly status: number
  readonly body: unknown
  readonly expected: Partial<OAuthError>
}

/** Answers of a token endpoint that cannot be taken for tokens, and the error each becomes. */
export const failures: readonly OddAnswer[] = [
  {
    name: 'an error of RFC 6749 §5.2',
    status: 400,
    body: { error: 'invalid_request', error_description: 'redirect_uri differs' },
    expected: {
      code: 'provider_error',
      error: 'invalid_request',
      errorDescription: 'redirect_uri differs',
      status: 400,
    },
  },
  {
    name: 'an error under HTTP 200',
    status: 200,
    body: { error: 'bad_verification_code' },
    expected: { code: 'provider_error', error: 'bad_verification_code', status: 200 },
  },
  {
    name: 'an error object',
    status: 401,
    body: { error: { code: 'AUTH-7', message: 'No.' } },
    expected: { code: 'provider_error', error: 'AUTH-7', errorDescription: 'No.' },
  },
  { name: 'an unnamed 4xx', status: 418, body: {}, expected: { code: 'provider_error', error: 'http_418' } },
  {
    name: 'an OAuth error under a 5xx',
    status: 503,
    body: { error: 'invalid_grant' },
    expected: { code: 'provider_error', error: 'invalid_grant', status: 503, retryable: true },
  },
  { name: 'a 429', status: 429, body: {}, expected: { code: 'rate_limited', status: 429, retryable: true } },
  { name: 'a 307', status: 307, body: {}, expected: { code: 'unexpected_redirect', status: 307 } },
  {
    name: 'an empty JSON string',
    status: 200,
    body: '',
    expected: { code: 'malformed_response', status: 200 },
  },
  { name: 'null', status: 200, body: null, expected: { code: 'malformed_response' } },
  { name: 'an array', status: 200, body: [{ access_token: 'a' }], expected: { code: 'malformed_response' } },
  { name: 'a number', status: 200, body: 7, expected: { code: 'malformed_response' } },
  {
    name: 'no access token',
    status: 200,
    body: { token_type: 'Bearer' },
    expected: { code: 'malformed_response' },
  },
  {
    name: 'an access token that is an object',
    status: 200,
    body: { access_token: { value: 'a' } },
    expected: { code: 'malformed_response' },
  },
  {
    name: 'a refresh token that is a number',
    status: 200,
    body: { access_token: 'a', refresh_token: 12345 },
    expected: { code: 'malformed_response' },
  },
  {
    name: 'more than 1 MiB',
    status: 200,
    body: { access_token: 'a', padding: 'x'.repeat(1024 * 1024) },
    expected: { code: 'response_too_large' },
  },
]
