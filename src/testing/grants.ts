import { randomBytes } from 'node:crypto'

/** An account at the simulated provider. */
export interface Account {
  readonly id: string
  readonly name?: string
}

/** One of several sites that an account can reach (jira `cloudId`). */
export interface Choice {
  readonly id: string
  readonly name?: string
  /** It does not satisfy the definition's `where`. */
  readonly excluded?: boolean
}

/** What one consent gave. */
export interface Grant {
  readonly account: Account
  /** Params of this account: what the URL held, and what the simulator reports. */
  readonly params: Readonly<Record<string, string>>
  /** The sites of this account, by the param that is chosen. */
  readonly choices: Readonly<Record<string, readonly Choice[]>>
  readonly redirectUri: string
  /** The chains of tokens it holds, by name; the main one is ''. Each has scopes of its own. */
  readonly chains: ReadonlyMap<string, Chain>
  /** ms since 1970: the consent. */
  readonly grantedAt: number
  /** The provider wants the user to sign in again before anything else works. */
  needsLogin: boolean
}

/** A family of tokens that lives and dies together (RFC 9700 §4.14.2). */
export interface Chain {
  readonly scopes: readonly string[]
  /** What was asked for, as it stood in the request. */
  readonly asked: readonly string[]
  /** Whether the scopes are told even where they are none: the request named some, or the user took some away. */
  readonly tellScopes: boolean
  /** Whether refresh tokens come with it. */
  readonly refreshable: boolean
  alive: boolean
}

export interface AccessToken {
  readonly value: string
  readonly grant: Grant
  readonly chain: Chain
  /** The other half of OAuth 1.0a token credentials. */
  readonly secret: string
  /** ms since 1970. */
  expiresAt: number | undefined
}

export interface RefreshToken {
  readonly value: string
  readonly grant: Grant
  readonly chain: Chain
  readonly issuedAt: number
  expiresAt: number | undefined
  /** When a successor was issued. */
  replacedAt: number | undefined
  /** Whether it has been taken. */
  used: boolean
  readonly successors: RefreshToken[]
}

/** What is exchanged once for tokens: a code, a public token. */
export interface Code {
  readonly grant: Grant
  readonly challenge: string | undefined
  expiresAt: number
  spent: boolean
}

/** Everything the simulator has issued. Knows lifetimes and families, nothing of HTTP. */
export class GrantBook {
  readonly #grants: Grant[] = []
  readonly #codes = new Map<string, Code>()
  readonly #access = new Map<string, AccessToken>()
  readonly #refresh = new Map<string, RefreshToken>()
  readonly #clock: () => number

  constructor(clock: () => number) {
    this.#clock = clock
  }

  open(details: Omit<Grant, 'grantedAt' | 'needsLogin'>): Grant {
    const grant: Grant = { ...details, grantedAt: this.#clock(), needsLogin: false }
    this.#grants.push(grant)
    return grant
  }

  get all(): readonly Grant[] {
    return this.#grants
  }

  /** Every grant of the same account. */
  siblings({ account }: Grant): readonly Grant[] {
    return this.#grants.filter((each) => each.account.id === account.id)
  }

  issueCode(code: Omit<Code, 'spent' | 'expiresAt'>, lifetime: number, kind = 'code'): string {
    const value = random(kind)
    this.#codes.set(value, { ...code, expiresAt: this.#clock() + lifetime * 1000, spent: false })
    return value
  }

  code(value: string): Code | undefined {
    return this.#codes.get(value)
  }

  issueAccessToken(
    grant: Grant,
    chain: Chain,
    lifetime: number | undefined,
    value = random('access'),
  ): AccessToken {
    const expiresAt = lifetime === undefined ? undefined : this.#clock() + lifetime * 1000
    const token: AccessToken = { value, grant, chain, secret: random('secret'), expiresAt }
    this.#access.set(value, token)
    return token
  }

  issueRefreshToken(grant: Grant, chain: Chain, expiresAt: number | undefined): RefreshToken {
    const token: RefreshToken = {
      value: random('refresh'),
      grant,
      chain,
      issuedAt: this.#clock(),
      expiresAt,
      replacedAt: undefined,
      used: false,
      successors: [],
    }
    this.#refresh.set(token.value, token)
    return token
  }

  accessToken(value: string): AccessToken | undefined {
    return this.#access.get(value)
  }

  accessTokensOf(chain: Chain): readonly AccessToken[] {
    return [...this.#access.values()].filter((token) => token.chain === chain)
  }

  refreshToken(value: string): RefreshToken | undefined {
    return this.#refresh.get(value)
  }

  isExpired(token: AccessToken | RefreshToken | Code): boolean {
    return token.expiresAt !== undefined && this.#clock() >= token.expiresAt
  }

  hasRefreshToken(chain: Chain): boolean {
    return [...this.#refresh.values()].some((token) => token.chain === chain)
  }

  revokeGrant(grant: Grant): void {
    for (const chain of grant.chains.values()) chain.alive = false
  }

  revokeAll(): void {
    for (const grant of this.#grants) this.revokeGrant(grant)
  }

  requireLogin(): void {
    for (const grant of this.#grants) grant.needsLogin = true
  }

  expireCodes(): void {
    const now = this.#clock()
    for (const code of this.#codes.values()) code.expiresAt = Math.min(code.expiresAt, now)
  }

  /** Of one chain, or all. */
  expireAccessTokens(chain?: Chain): void {
    const now = this.#clock()
    for (const token of this.#access.values())
      if (chain === undefined || token.chain === chain)
        token.expiresAt = Math.min(token.expiresAt ?? now, now)
  }
}

export function random(kind: string): string {
  return `${kind}-${randomBytes(24).toString('base64url')}`
}
