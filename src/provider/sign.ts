import type { ProviderDefinition, Sign } from './definition.ts'
import { readFirst, readText } from './path.ts'

/** An answer as far as a sign looks at it. Header names are in lower case. */
interface SignedAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: unknown
}

/**
 * Whether an answer means what one of the signs says. A sign speaks of the provider's error code, or of the value at
 * its own path; everything it names must hold.
 */
export function matchesSign(
  definition: ProviderDefinition,
  signs: readonly Sign[] | undefined,
  { status, headers, body }: SignedAnswer,
): boolean {
  return (signs ?? []).some((sign) => {
    if (sign.status !== undefined && sign.status !== status) return false
    if (sign.header && headers?.[sign.header.name.toLowerCase()] !== sign.header.value) return false
    const reading = definition.tokenResponse?.error
    const value = readFirst(body, sign.at ?? reading?.code ?? 'error')
    if (sign.values && !sign.values.some((expected) => expected === value || expected === String(value)))
      return false
    if (sign.contains === undefined) return true
    const words = sign.at === undefined ? readText(body, reading?.description ?? 'error_description') : value
    return typeof words === 'string' && words.includes(sign.contains)
  })
}
