import { randomBytes } from 'node:crypto'

export interface Account {
  readonly id: string
  readonly name?: string
}

/** What one consent gave. */
export interface Grant {
  readonly account: Account
  /** Params of this account: what the URL held, and what the simulator reports. */
  readonly params: Readonly<Record<string, string>>
  readonly redirectUri: string
  /** The chains of tokens it holds, by name; the main one is ''. Each has scopes of its own. */
  readonly chains: ReadonlyMap<string, Chain>
}

/** A family of tokens that lives and dies together (RFC 9700 §4.14.2). */
export interface Chain {
  readonly scopes: readonly string[]
  /** Whether the scopes are told even where they are none: the request named some, or the user took some away. */
  readonly tellScopes: boolean
  alive: boolean
}

export interface AccessToken {
  readonly value: string
  readonly grant: Grant
  readonly chain: Chain
  /** ms since 1970. */
  expiresAt: number | undefined
}

export interface RefreshToken {
  readonly value: string
  readonly grant: Grant
  readonly chain: Chain
  readonly issuedAt: number
  readonly expiresAt: number | undefined
  /** When a successor was issued. */
  replacedAt: number | undefined
}

export interface Code {
  readonly grant: Grant
  readonly challenge: string | undefined
  expiresAt: number
  spent: boolean
}

/** Everything the simulator has issued. Knows lifetimes and families, nothing of HTTP. */
export class GrantBook {
  readonly #codes = new Map<string, Code>()
  readonly #access = new Map<string, AccessToken>()
  readonly #refresh = new Map<string, RefreshToken>()
  readonly #clock: () => number

  constructor(clock: () => number) {
    this.#clock = clock
  }

  issueCode(code: Omit<Code, 'spent' | 'expiresAt'>, lifetime: number): string {
    const value = random('code')
    this.#codes.set(value, { ...code, expiresAt: this.#clock() + lifetime * 1000, spent: false })
    return value
  }

  code(value: string): Code | undefined {
    return this.#codes.get(value)
  }

  issueAccessToken(grant: Grant, chain: Chain, lifetime: number | undefined): AccessToken {
    const expiresAt = lifetime === undefined ? undefined : this.#clock() + lifetime * 1000
    const token: AccessToken = { value: random('access'), grant, chain, expiresAt }
    this.#access.set(token.value, token)
    return token
  }

  issueRefreshToken(grant: Grant, chain: Chain, lifetime: number | undefined): RefreshToken {
    const now = this.#clock()
    const expiresAt = lifetime === undefined ? undefined : now + lifetime * 1000
    const token: RefreshToken = {
      value: random('refresh'),
      grant,
      chain,
      issuedAt: now,
      expiresAt,
      replacedAt: undefined,
    }
    this.#refresh.set(token.value, token)
    return token
  }

  accessToken(value: string): AccessToken | undefined {
    return this.#access.get(value)
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
    for (const { grant } of [...this.#codes.values(), ...this.#access.values()]) this.revokeGrant(grant)
  }

  expireCodes(): void {
    const now = this.#clock()
    for (const code of this.#codes.values()) code.expiresAt = Math.min(code.expiresAt, now)
  }

  expireAccessTokens(): void {
    const now = this.#clock()
    for (const token of this.#access.values()) token.expiresAt = Math.min(token.expiresAt ?? now, now)
  }
}

function random(kind: string): string {
  return `${kind}-${randomBytes(24).toString('base64url')}`
}
