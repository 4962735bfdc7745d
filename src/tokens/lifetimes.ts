import type { OAuth2Definition, ProviderDefinition } from '../provider/definition.ts'
import { readFirst } from '../provider/path.ts'

/** Where the values of a token answer stand. */
export type TokenFields = NonNullable<NonNullable<OAuth2Definition['tokenResponse']>['fields']>

/** What a refresh renews. */
export interface Renewal {
  /** The user's consent, from which some refresh tokens' lives are counted. */
  readonly connectedAt: Date
  readonly refreshedAt: Date
  /** When the refresh token that was used ends. */
  readonly end: Date | undefined
}

/** When the access token ends: as a duration, as an end, or as the definition knows. */
export function accessTokenEnd(
  definition: ProviderDefinition,
  value: unknown,
  fields: TokenFields,
  now: number,
): Date | undefined {
  const stated = readSeconds(readFirst(value, fields.expiresIn ?? 'expires_in'))
  if (stated !== undefined) return new Date(now + stated * 1000)
  const end = fields.expiresAt && readTime(readFirst(value, fields.expiresAt.at), fields.expiresAt.format)
  if (end !== undefined && end > now && end < now + century * 1000) return new Date(end)
  const usual = definition.tokenResponse?.defaultExpiresIn
  return usual === undefined ? undefined : new Date(now + usual * 1000)
}

/** ms since 1970. */
function readTime(value: unknown, format: 'unix-seconds' | 'unix-ms' | 'iso8601'): number | undefined {
  if (format === 'iso8601') {
    const time = typeof value === 'string' ? Date.parse(value) : Number.NaN
    return Number.isNaN(time) ? undefined : time
  }
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number)) return undefined
  return format === 'unix-seconds' ? number * 1000 : number
}

/** When the refresh token ends: as stated or by disuse, and by age, whichever is first (jira has both). */
export function refreshTokenEnd(
  definition: ProviderDefinition,
  value: unknown,
  fields: TokenFields,
  { now, renews }: { readonly now: number; readonly renews?: Renewal },
): Date | undefined {
  const { idle, absolute } = definition.refresh ? (definition.refresh.lifetime ?? {}) : {}
  const stated = readSeconds(readFirst(value, fields.refreshTokenExpiresIn ?? 'refresh_token_expires_in'))
  if (stated !== undefined && !renews) return new Date(now + stated * 1000)
  const seconds = stated ?? idle
  const consent = renews?.connectedAt.getTime() ?? now
  // An end that was stated once is not put off by an answer that does not speak of it (google: apps in testing).
  if (stated === undefined && renews?.end && readFirst(value, 'refresh_token') === undefined) {
    const byDisuse = renews.refreshedAt.getTime() + (idle ?? 0) * 1000
    if (renews.end.getTime() < byDisuse) return renews.end
  }
  const ends = [
    ...(seconds === undefined ? [] : [now + seconds * 1000]),
    ...(absolute === undefined ? [] : [consent + absolute * 1000]),
  ]
  return ends.length > 0 ? new Date(Math.min(...ends)) : undefined
}

const century = 100 * 366 * 86_400

/** Seconds as a number or as a numeric string; 0, negative, not a number or absurd counts as absent (§12). */
function readSeconds(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\s*\d+(?:\.\d+)?\s*$/.test(value) ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number) || number <= 0 || number > century)
    return undefined
  return number
}
