import { randomBytes } from 'node:crypto'
import type { OAuthErrorCode } from '../errors/codes.ts'
import { isOAuthError, type OAuthError } from '../errors/oauth-error.ts'
import { isSafeRedirectPath } from '../state/redirect-path.ts'
import { errorPagePolicy, renderErrorPage } from './error-page.ts'
import type { HandlerClient, HandlerContext } from './options.ts'
import { pathWithOutcome, redirect, respond, respondJson } from './respond.ts'

/** Codes that are no plain 400: the caller's right, the provider's fault (502), or our own side's (5xx). */
const statuses: Partial<Record<OAuthErrorCode, number>> = {
  connect_refused: 403,
  connection_not_found: 404,
  html_response: 502,
  malformed_response: 502,
  response_too_large: 502,
  unexpected_redirect: 502,
  provider_error: 502,
  rate_limited: 502,
  timeout: 502,
  network: 502,
  store_failed: 503,
  config_invalid: 500,
  definition_invalid: 500,
  record_unreadable: 500,
  hook_failed: 500,
}

interface FailureInput {
  readonly request: Request
  readonly error: unknown
  readonly client?: HandlerClient
  /** JSON whatever the request accepts, and no redirect: the caller is a program. */
  readonly json?: boolean
  /** Where the code alone does not say whose fault it is. */
  readonly status?: number
  /** Cookies to take back. */
  readonly headers?: Headers
}

/**
 * Every failure's one way out: told to `onError` with a reference, then back to the application where the flow said
 * where that is, else shown: as a page, or as JSON to those who prefer it.
 */
export function answerFailure(context: HandlerContext, input: FailureInput): Response {
  const { request, error, client, headers = new Headers() } = input
  const reference = randomBytes(8).toString('hex')
  const provider = client?.provider.id
  context.report({ error, reference, ...(provider !== undefined && { provider }) })
  const known = isOAuthError(error) ? error : undefined
  if (!input.json && provider !== undefined && known?.redirectPath && isSafeRedirectPath(known.redirectPath))
    return redirect(pathWithOutcome(known.redirectPath, { oauth_error: known.code, provider }), headers)
  const status = input.status ?? (known ? (statuses[known.code] ?? 400) : 500)
  if (known?.retryAfter !== undefined) headers.set('retry-after', String(Math.ceil(known.retryAfter / 1000)))
  const code = known?.code ?? 'internal_error'
  const { happened, next } = explain(known, status)
  if (input.json || prefersJson(request)) {
    const body = {
      code,
      message: happened,
      hint: next,
      ...(provider !== undefined && { provider }),
      reference,
    }
    return respondJson(status, { error: body }, headers)
  }
  const name = client?.provider.name
  const heading = name ? `${name} was not connected` : 'Something went wrong'
  const page = renderErrorPage({ heading, happened, next, code, reference })
  const own = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': errorPagePolicy() }
  return respond(status, page, own, headers)
}

/** What went wrong on our side is for the log: its words may name settings, hosts or tables. */
function explain(known: OAuthError | undefined, status: number): { happened: string; next: string } {
  if (known && status !== 500 && status !== 503) return { happened: known.message, next: known.hint }
  return {
    happened: 'This site could not finish the request. The fault is on its side.',
    next: 'Try again in a moment. If it happens again, send the reference below to the support of this site.',
  }
}

/** RFC 9110 §12.5.1: JSON only where it is wanted more than a page. */
function prefersJson(request: Request): boolean {
  const accept = request.headers.get('accept') ?? '*/*'
  return quality(accept, 'application', 'json') > quality(accept, 'text', 'html')
}

function quality(accept: string, type: string, subtype: string): number {
  let best = { precision: -1, q: 0 }
  for (const item of accept.toLowerCase().split(',')) {
    const [range = '', ...parameters] = item.split(';').map((part) => part.trim())
    const precision = [`*/*`, `${type}/*`, `${type}/${subtype}`].indexOf(range)
    if (precision <= best.precision) continue
    const weight = parameters.find((parameter) => parameter.startsWith('q='))
    best = { precision, q: weight === undefined ? 1 : Number(weight.slice(2)) || 0 }
  }
  return best.q
}
