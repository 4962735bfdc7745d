import type { OAuth1Definition } from '../../provider/definition.ts'
import type { MockProviderOptions } from '../options.ts'
import type { Simulation } from '../simulation.ts'

/** RFC 5849 §2.1: what a flow has before the user has decided. */
export interface TemporaryCredentials {
  readonly secret: string
  /** With what the client added to its registered redirect URI. */
  readonly callback: string
  /** ms since 1970. */
  readonly expiresAt: number
  /** Set by the user's consent, and exchanged once. */
  verifier?: string
  spent: boolean
}

export interface OAuth1Simulation extends Simulation<OAuth1Definition> {
  /** s; nothing: tokens without an end. */
  readonly lifetime: number | undefined
  /** s */
  readonly temporaryLifetime: number
  readonly temporary: Map<string, TemporaryCredentials>
}

const defaultTemporaryLifetime = 600

export function oauth1Simulation(
  common: Simulation<OAuth1Definition>,
  options: Partial<MockProviderOptions>,
): OAuth1Simulation {
  const lifetime = options.expiresIn ?? common.definition.tokenResponse?.lifetime ?? false
  return {
    ...common,
    lifetime: lifetime === false ? undefined : lifetime,
    temporaryLifetime: options.codeLifetime ?? defaultTemporaryLifetime,
    temporary: new Map(),
  }
}
