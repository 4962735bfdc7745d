import type { ImportedChain, ImportInput, ProviderDefinition } from 'latchkey'

type Answer = Readonly<Record<string, unknown>>
type Path = string | readonly string[]

/**
 * What a stored answer of a token endpoint says (RFC 6749 §5.1), where the definition says it stands. `obtainedAt`: what
 * `expires_in` counts from. An `expires_at`, which libraries add, wins over it.
 */
export function readTokenAnswer(
  { tokenResponse = {} }: ProviderDefinition,
  answer: Answer,
  obtainedAt: Date,
): Pick<ImportInput, 'tokens' | 'params'> {
  const { fields, additionalTokens = {}, capture = {} } = tokenResponse
  const additional: Record<string, ImportedChain> = {}
  for (const [name, { at }] of Object.entries(additionalTokens)) {
    const inner = read(answer, at)
    if (isAnswer(inner) && text(inner.access_token)) additional[name] = readChain({}, inner, obtainedAt)
  }
  const params: Record<string, string> = {}
  for (const [name, path] of Object.entries(capture)) {
    const value = typeof path === 'string' || !('extract' in path) ? read(answer, path) : undefined
    if (typeof value === 'string' || typeof value === 'number') params[name] = String(value)
  }
  const tokens = {
    ...readChain(fields ?? {}, answer, obtainedAt),
    ...(Object.keys(additional).length > 0 && { additional }),
  }
  return { tokens, params }
}

function readChain(
  fields: {
    readonly [K in 'accessToken' | 'expiresIn' | 'refreshTokenExpiresIn' | 'scope']?: Path | undefined
  },
  answer: Answer,
  obtainedAt: Date,
): ImportedChain {
  const later = (seconds: unknown) =>
    Number(seconds) > 0 ? new Date(obtainedAt.getTime() + Number(seconds) * 1000) : undefined
  const accessToken = text(read(answer, fields.accessToken ?? 'access_token'))
  const refreshToken = text(answer.refresh_token)
  const expiresAt = readTime(answer.expires_at) ?? later(read(answer, fields.expiresIn ?? 'expires_in'))
  const refreshTokenExpiresAt = later(
    read(answer, fields.refreshTokenExpiresIn ?? 'refresh_token_expires_in'),
  )
  const scopes = readScopes(read(answer, fields.scope ?? 'scope'))
  return {
    ...(accessToken && { accessToken }),
    ...(refreshToken && { refreshToken }),
    ...(expiresAt && { expiresAt }),
    ...(refreshTokenExpiresAt && { refreshTokenExpiresAt }),
    scopes,
  }
}

export const isAnswer = (value: unknown): value is Answer => typeof value === 'object' && value !== null

/** The first value at one of the paths (`team.id`). */
function read(answer: Answer, paths: Path): unknown {
  for (const path of [paths].flat()) {
    let value: unknown = answer
    for (const name of path.split('.'))
      value = isAnswer(value) && Object.hasOwn(value, name) ? value[name] : undefined
    if (value !== undefined && value !== null) return value
  }
  return undefined
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

/** A text as JSON has it, or seconds since 1970. */
function readTime(value: unknown): Date | undefined {
  if (typeof value === 'number') return new Date(value * 1000)
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(time) ? undefined : new Date(time)
}

/** A list, or a text that is parted by spaces or commas. */
export function readScopes(value: unknown): string[] {
  const words = Array.isArray(value) ? value : typeof value === 'string' ? value.split(/[\s,]+/) : []
  return words.filter((word) => typeof word === 'string' && word !== '')
}
