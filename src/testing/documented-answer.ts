import type { ApiDefinition, ProviderDefinition, Sign } from '../provider/definition.ts'
import { Refusal, refusalAnswer } from './provider-error.ts'
import type { SimulatedAnswer } from './simulated-message.ts'

/** Answers that a definition describes and that only chance brings about at a provider. */
export type DocumentedKind =
  | 'refresh-transient'
  | 'refresh-conflict'
  | 'refresh-dead'
  | 'api-expired'
  | 'api-not-expired'
  | 'api-ended'
  | 'api-rate-limited'

/** The first of the signs by which the definition knows such an answer. Throws where it knows none. */
export function documentedSign(definition: ProviderDefinition, kind: DocumentedKind): Sign {
  const refresh = (definition.protocol === 'oauth2' && definition.refresh) || undefined
  const { api } = definition
  const [place, signs] = {
    'refresh-transient': ['refresh.transient', refresh?.transient] as const,
    'refresh-conflict': ['refresh.conflict', refresh?.conflict] as const,
    'refresh-dead': ['refresh.dead', refresh?.dead ?? (refresh && [{ values: ['invalid_grant'] }])] as const,
    'api-expired': ['api.expired', api.expired ?? [{ status: 401 }]] as const,
    'api-not-expired': ['api.notExpired', api.notExpired] as const,
    'api-ended': ['api.ended', api.ended] as const,
    'api-rate-limited': ['api.rateLimited', api.rateLimited ?? [{ status: 429 }]] as const,
  }[kind]
  const [sign] = signs ?? []
  if (!sign) throw new Error(`The definition "${definition.id}" has no ${place}`)
  return sign
}

/** `retryAfter`: seconds until the next allowed request, for a limit. */
export function documentedAnswer(
  definition: ProviderDefinition,
  kind: DocumentedKind,
  { now, retryAfter = 1 }: { readonly now: number; readonly retryAfter?: number | undefined },
): SimulatedAnswer {
  const sign = documentedSign(definition, kind)
  const limited = kind === 'api-rate-limited' ? limitHeaders(definition.api, now, retryAfter) : {}
  const reading = definition.tokenResponse?.error
  const status = reading?.when ? 200 : kind === 'api-rate-limited' ? 403 : 401
  const details = kind.startsWith('api') ? { sign, status } : { sign }
  return refusalAnswer(definition, new Refusal(kind.replaceAll('-', '_'), words[kind], details), limited)
}

const words: Readonly<Record<DocumentedKind, string>> = {
  'refresh-transient': 'Try again',
  'refresh-conflict': 'This token is being refreshed',
  'refresh-dead': 'The refresh token is not valid',
  'api-expired': 'The access token has expired',
  'api-not-expired': 'The access token does not reach that far',
  'api-ended': 'The user must connect again',
  'api-rate-limited': 'Too many requests',
}

/** `Retry-After`, or the header of the provider's own. */
function limitHeaders(
  { rateLimitReset }: ApiDefinition,
  now: number,
  seconds: number,
): Record<string, string> {
  if (!rateLimitReset) return { 'retry-after': String(seconds) }
  const at = now + seconds * 1000
  const value = {
    'unix-seconds': String(Math.ceil(at / 1000)),
    'unix-ms': String(at),
    seconds: String(seconds),
    ms: String(seconds * 1000),
    iso8601: new Date(at).toISOString(),
  }[rateLimitReset.unit]
  return { [rateLimitReset.header.toLowerCase()]: value }
}
