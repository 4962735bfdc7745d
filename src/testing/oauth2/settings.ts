import type { OAuth2Definition } from '../../provider/definition.ts'
import type { MockProviderOptions } from '../options.ts'
import type { Simulation } from '../simulation.ts'

/** How the simulated authorization server issues tokens. Lifetimes are seconds; none is for ever. */
interface OAuth2Settings {
  readonly lifetime: number | undefined
  /** Whether answers name the lifetime. */
  readonly tellsLifetime: boolean
  /** Of the token that a long-lived one is exchanged for. */
  readonly firstLifetime: number | undefined
  readonly refresh: {
    /** Without use. */
    readonly idle: number | undefined
    /** Since the consent. */
    readonly absolute: number | undefined
    /** Since this very token was issued. */
    readonly own: number | undefined
    /** Whether answers name its end. */
    readonly told: boolean
  }
  readonly codeLifetime: number
  readonly rotates: boolean | 'sometimes'
  readonly refreshTokens: boolean
}

export type OAuth2Simulation = Simulation<OAuth2Definition> & OAuth2Settings

const defaultLifetime = 3600
const defaultCodeLifetime = 60
/** Where a provider names its refresh tokens' end and the definition does not say when it is. */
const defaultRefreshLifetime = 90 * 86_400
/** A long-lived token where the definition does not say how long. */
const defaultLongLifetime = 60 * 86_400

export function oauth2Settings(
  definition: OAuth2Definition,
  options: Partial<MockProviderOptions>,
): OAuth2Settings {
  const { longLived, refresh, token, tokenResponse } = definition
  const declared = tokenResponse?.defaultExpiresIn ?? tokenResponse?.lifetime
  const usual = longLived ? Math.max(defaultLongLifetime, longLived.below) : defaultLifetime
  const lifetime = options.expiresIn ?? declared ?? usual
  const tellsRefresh = tokenResponse?.fields?.refreshTokenExpiresIn !== undefined
  const lives = refresh ? (refresh.lifetime ?? {}) : {}
  const idle = options.refreshTokenLifetime ?? lives.idle
  const ends = idle !== undefined || lives.absolute !== undefined
  return {
    lifetime: lifetime === false ? undefined : lifetime,
    tellsLifetime:
      options.expiresIn === undefined
        ? lifetime !== false && tokenResponse?.defaultExpiresIn === undefined
        : options.expiresIn !== false,
    firstLifetime: longLived && Math.min(defaultLifetime, longLived.below - 1),
    refresh: {
      idle,
      absolute: lives.absolute,
      own: tellsRefresh && !ends ? defaultRefreshLifetime : undefined,
      told: tellsRefresh || options.refreshTokenLifetime !== undefined,
    },
    codeLifetime: options.codeLifetime ?? token.codeLifetime ?? defaultCodeLifetime,
    rotates: options.rotate ?? (refresh ? refresh.rotates : false),
    refreshTokens: refresh !== false && options.refreshTokens !== false,
  }
}
