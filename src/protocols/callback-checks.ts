import { createHmac } from 'node:crypto'
import type { ClientContext } from '../context.ts'
import { sanitizeWords } from '../errors/message.ts'
import type { OAuthError } from '../errors/oauth-error.ts'
import type { OAuth2Definition } from '../provider/definition.ts'
import { checkCapturedParam, type Params } from '../provider/params.ts'
import { expandText, expandUrl } from '../provider/template.ts'
import { equalSecrets } from '../state/digest.ts'

/** RFC 9207 §2.4: compared where the definition declares an issuer and one arrives, demanded only where it demands it. */
export function checkIssuer(
  context: ClientContext<OAuth2Definition>,
  query: URLSearchParams,
  params: Params,
): void {
  const { issuer } = context.provider.authorization
  if (!issuer) return
  const given = query.get('iss')
  if (given === null && !issuer.required) return
  const expected = expandUrl(context.provider, issuer.value, params).href.replace(/\/$/, '')
  if (given === expected || given === `${expected}/`) return
  throw context.fail({
    code: 'issuer_mismatch',
    detail: given === null ? 'the answer names no issuer' : 'the answer names another issuer',
  })
}

/** Query parameters that must equal what the flow was begun for (shopify `shop`). */
export function checkMatches(context: ClientContext, query: URLSearchParams, params: Params): void {
  for (const [parameter, template] of Object.entries(context.provider.callback?.match ?? {})) {
    const given = query.get(parameter)
    if (
      given !== null &&
      given.toLowerCase() === expandText(context.provider, template, params).toLowerCase()
    )
      continue
    throw context.fail({
      code: 'params_invalid',
      detail: `the callback's "${parameter}" is not the one this flow was begun for`,
    })
  }
}

/** A keyed hash over the sorted query (shopify.dev, "Verify the installation request"). */
export async function checkSignature(context: ClientContext, query: URLSearchParams): Promise<void> {
  const signature = context.provider.callback?.signature
  if (!signature) return
  const refuse = (detail: string) => context.fail({ code: 'signature_invalid', detail })
  const given = query.get(signature.parameter)
  if (given === null) throw refuse('the callback is not signed')
  const left = new Set([signature.parameter, ...(signature.exclude ?? [])])
  const signed = [...query]
    .filter(([name]) => !left.has(name))
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  const { clientSecret } = await context.credentials()
  const expected = createHmac('sha256', clientSecret ?? '')
    .update(new URLSearchParams(signed).toString())
    .digest(signature.encoding)
  if (!equalSecrets(given, expected)) throw refuse('the signature of the callback does not fit')
  if (!signature.timestamp) return
  const at = Number(query.get(signature.timestamp.parameter)) * 1000
  if (!(Math.abs(context.clock() - at) <= signature.timestamp.tolerance * 1000))
    throw refuse('the callback was signed too long ago')
}

/** Params that arrive on the callback, against their allow-list patterns, before any secret is sent (§8). */
export function captureFromCallback(context: ClientContext, query: URLSearchParams): Params {
  const captured: Record<string, string> = {}
  for (const [name, { parameter, required }] of Object.entries(context.provider.callback?.capture ?? {})) {
    const value = query.get(parameter)
    if (value) captured[name] = checkCallbackParam(context, name, value)
    else if (required)
      throw context.fail({ code: 'callback_invalid', detail: `the callback lacks "${parameter}"` })
  }
  return captured
}

function checkCallbackParam(context: ClientContext, name: string, value: string): string {
  // A param that is a place to send secrets to is refused as a host, so that the error says what was tried.
  const format = context.provider.params?.[name]?.format ?? 'text'
  try {
    return checkCapturedParam(context.provider, name, value)
  } catch (error) {
    if (format === 'text') throw error
    throw context.fail({
      code: 'host_not_allowed',
      detail: `the callback's server is not one of the provider's ("${name}")`,
    })
  }
}

/** §3 step 2: everything the flow reads may come once; a code comes, or an error does. */
export function checkShape(context: ClientContext, query: URLSearchParams): void {
  const { callback } = context.provider
  const refusal = [...(callback?.error?.code ?? []), ...(callback?.error?.description ?? [])]
  const captured = Object.values(callback?.capture ?? {}).map(({ parameter }) => parameter)
  const matched = Object.keys(callback?.match ?? {})
  for (const name of [
    'code',
    'state',
    'error',
    'error_description',
    'iss',
    ...captured,
    ...matched,
    ...refusal,
  ])
    if (query.getAll(name).length > 1)
      throw context.fail({ code: 'callback_invalid', detail: `the callback repeats "${name}"` })
}

/** RFC 6749 §4.1.2.1: the user or the provider said no. */
export function readDenial(context: ClientContext, query: URLSearchParams): OAuthError | undefined {
  const own = context.provider.callback?.error
  const first = (names: readonly string[]) => names.map((name) => query.get(name)).find((word) => word)
  const error = first(['error', ...(query.get('code') ? [] : (own?.code ?? []))])
  if (!error) return undefined
  const secrets = [query.get('state') ?? undefined, query.get('code') ?? undefined]
  const description = first(['error_description', ...(own?.description ?? [])])
  return context.fail({
    code: 'authorization_denied',
    error: sanitizeWords(error, secrets) || 'access_denied',
    errorDescription: (description && sanitizeWords(description, secrets)) || undefined,
  })
}
