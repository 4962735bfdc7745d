import type { OAuthErrorCode } from '../../src/errors/codes.ts'
import type { Outcome } from './commands.ts'

/** What a call may fail with while providers, stores and processes do. */
const expected = new Set<string>([
  'timeout',
  'network',
  'provider_error',
  'rate_limited',
  'html_response',
  'malformed_response',
  'response_too_large',
  'unexpected_redirect',
  'store_failed',
  'reconnect_required',
] satisfies OAuthErrorCode[])

/**
 * What is wrong with an outcome, whatever was done to the worker. `order`: the tokens that the provider has issued for
 * the connection, oldest first; `best`: the place of one that is known to be stored, so that none before it may be served.
 */
export function complaints(outcome: Outcome, order: readonly string[], best: number): string[] {
  const found: string[] = []
  for (const token of Object.keys(outcome.tokens)) {
    const place = order.indexOf(token)
    if (place < 0) found.push('served a token that its provider has not issued')
    else if (place < best) found.push(`served token ${place} after token ${best} had been saved`)
  }
  for (const code of Object.keys(outcome.errors)) if (!expected.has(code)) found.push(`failed with ${code}`)
  for (const status of Object.keys(outcome.statuses))
    if (status !== '200' && status !== '401') found.push(`the API answered ${status}`)
  return found
}
