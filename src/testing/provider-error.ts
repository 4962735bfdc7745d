import type { ProviderDefinition, Sign } from '../provider/definition.ts'
import { jsonAnswer, type SimulatedAnswer, textAnswer } from './simulated-message.ts'
import { firstPath, writePath } from './write-path.ts'

/** A request the provider does not take; thrown by checks, answered once. `error` is a name of RFC 6749 §5.2. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  constructor(
    readonly error: string,
    readonly description: string,
    readonly details: { readonly status?: number; readonly sign?: Sign | undefined } = {},
  ) {
    super(`${error}: ${description}`)
  }
}

/**
 * A refusal in the provider's own shape: its field names, and HTTP 200 where the definition says that failures come
 * under it. A status given with the refusal stays: an API's 401 is one at every provider.
 */
export function refusalAnswer(
  definition: ProviderDefinition,
  refusal: Refusal,
  headers: Readonly<Record<string, string>> = {},
): SimulatedAnswer {
  const reading = definition.tokenResponse?.error
  const { sign } = refusal.details
  let body: unknown = {}
  for (const [path, value] of Object.entries(reading?.when ?? {})) body = writePath(body, path, value)
  body = writePath(body, firstPath(reading?.code ?? 'error'), refusal.error)
  body = writePath(body, firstPath(reading?.description ?? 'error_description'), refusal.description)
  if (sign) {
    const at = firstPath(sign.at ?? reading?.code ?? 'error')
    const words = sign.at ?? reading?.description ?? 'error_description'
    if (sign.values?.[0] !== undefined) body = writePath(body, at, sign.values[0])
    if (sign.contains !== undefined) body = writePath(body, firstPath(words), sign.contains)
  }
  const usual = refusal.error === 'invalid_client' ? 401 : 400
  const status = sign?.status ?? refusal.details.status ?? reading?.status ?? (reading?.when ? 200 : usual)
  const challenge =
    status === 401 && refusal.error === 'invalid_client' ? { 'www-authenticate': 'Basic' } : {}
  const signed = sign?.header ? { [sign.header.name.toLowerCase()]: sign.header.value } : {}
  const all = { ...challenge, ...headers, ...signed }
  // A path that is the body itself: this provider's errors are plain words (trello).
  return typeof body === 'string' ? textAnswer(status, body, all) : jsonAnswer(status, body, all)
}

/** The values that say "no failure", where the definition watches for failure under HTTP 200 (slack `ok: true`). */
export function successMarks(definition: ProviderDefinition): unknown {
  let body: unknown = {}
  for (const [path, value] of Object.entries(definition.tokenResponse?.error?.when ?? {}))
    if (typeof value === 'boolean') body = writePath(body, path, !value)
  return body
}
