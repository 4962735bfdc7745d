import { errorCodes, type OAuthErrorCode } from './codes.ts'
import { formatOAuthErrorMessage } from './message.ts'

/** The same across the ESM and the CommonJS copy of the package; under it stand the details the error was made from. */
const brand = Symbol.for('latchkey.OAuthError')

/** What an `OAuthError` is made of. Words from outside must be cleaned before they get here. */
export interface OAuthErrorDetails {
  readonly code: OAuthErrorCode
  /** Provider id. */
  readonly provider?: string | undefined
  /** The provider's name in words, for the message only. */
  readonly providerName?: string | undefined
  readonly error?: string | undefined
  readonly errorDescription?: string | undefined
  /** Words of ours for the message, where the provider said nothing. */
  readonly detail?: string | undefined
  readonly status?: number | undefined
  readonly retryable?: boolean | undefined
  /** ms to wait before trying again. */
  readonly retryAfter?: number | undefined
  readonly hint?: string | undefined
  readonly redirectPath?: string | undefined
  readonly cause?: unknown
}

/**
 * The one error of this library. `code` is ours and stable; `error` and `errorDescription` are the provider's words
 * (RFC 6749 §5.2), cleaned and bounded. Nothing in it holds a token, a code, a secret or a provider's raw body.
 */
export class OAuthError extends Error {
  override readonly name = 'OAuthError'
  /** Ours and stable: one of `errorCodes`. */
  readonly code: OAuthErrorCode
  /** The provider's id. */
  declare readonly provider?: string
  /** The provider's own error code (RFC 6749 §4.1.2.1, §5.2), where it gave one. */
  declare readonly error?: string
  /** The provider's own words, cleaned of secrets and cut at 500 characters. */
  declare readonly errorDescription?: string
  /** The HTTP status of the answer. */
  declare readonly status?: number
  /** Whether the same call can succeed later without a change. */
  readonly retryable: boolean
  /** ms to wait before trying again. */
  declare readonly retryAfter?: number
  /** What to do next. */
  readonly hint: string
  /** Where the flow wanted to return to, once its state could be opened. */
  declare readonly redirectPath?: string

  constructor(details: OAuthErrorDetails) {
    super(
      formatOAuthErrorMessage({
        provider: details.providerName ?? details.provider,
        error: details.error ?? details.code,
        // Beside the provider's own error, words of ours would read as if they were its own.
        errorDescription:
          details.errorDescription ?? (details.error === undefined ? details.detail : undefined),
      }),
      details.cause === undefined ? undefined : { cause: details.cause },
    )
    Object.defineProperty(this, brand, { value: details })
    this.code = details.code
    this.retryable = details.retryable ?? false
    this.hint = details.hint ?? errorCodes[details.code]
    if (details.provider !== undefined) this.provider = details.provider
    if (details.error !== undefined) this.error = details.error
    if (details.errorDescription !== undefined) this.errorDescription = details.errorDescription
    if (details.status !== undefined) this.status = details.status
    if (details.retryAfter !== undefined) this.retryAfter = details.retryAfter
    if (details.redirectPath !== undefined) this.redirectPath = details.redirectPath
  }
}

/** Recognises an `OAuthError` of any copy of this package. */
export function isOAuthError(value: unknown): value is OAuthError {
  return typeof value === 'object' && value !== null && brand in value && value instanceof Error
}

/** The same error with what a caller further up knows: the provider, the way back. Keeps the first stack. */
export function extendError(error: OAuthError, more: Partial<OAuthErrorDetails>): OAuthError {
  const details: OAuthErrorDetails = Reflect.get(error, brand)
  const known = Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined))
  if (Object.entries(more).every(([name, value]) => value === undefined || name in known)) return error
  const extended = new OAuthError({ ...details, ...more, ...known })
  if (error.stack) extended.stack = error.stack.replace(error.message, () => extended.message)
  return extended
}
