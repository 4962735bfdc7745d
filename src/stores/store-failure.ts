import { isOAuthError, OAuthError } from '../errors/oauth-error.ts'

/** `store_failed` in words of ours; of the cause only its name and code, since drivers quote statements and values. */
export function storeFailed(detail: string, cause?: unknown): OAuthError {
  return new OAuthError({
    code: 'store_failed',
    detail,
    retryable: true,
    ...(cause !== undefined && { cause: withoutWords(cause) }),
  })
}

/** What a store threw, as an error that may be shown: ours as it is, anything else as `store_failed`. */
export function asStoreFailure(error: unknown, detail = 'the token store failed'): OAuthError {
  return isOAuthError(error) ? error : storeFailed(detail, error)
}

/** Of what a driver threw, its name and code: its words quote statements, values and addresses. */
export function withoutWords(cause: unknown): Error {
  const name = word(cause, 'name') ?? 'Error'
  const code = word(cause, 'code')
  const bare = new Error(code ? `${name} (${code})` : name)
  bare.name = name
  return code ? Object.assign(bare, { code }) : bare
}

/** Names and codes are single words; a sentence in their place may hold anything. */
function word(value: unknown, property: 'name' | 'code'): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const found: unknown = Reflect.get(value, property)
  if (typeof found === 'number') return String(found)
  return typeof found === 'string' && /^[A-Za-z][\w.-]{0,39}$|^\d{1,5}\w{0,3}$/.test(found)
    ? found
    : undefined
}
