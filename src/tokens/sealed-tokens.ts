import { OAuthError } from '../errors/oauth-error.ts'
import type { Mutable } from '../mutable.ts'
import type { Keyring } from '../state/keyring.ts'
import type { ConnectionKey, ConnectionTokens, TokenChain } from '../types.ts'

/** One chain as it stands in the sealed text. Short names: a record is read on every call. */
interface SealedChain {
  readonly a: string
  readonly r?: string
  readonly e?: number
  readonly x?: number
  readonly s: readonly string[]
  readonly t: string
  readonly k?: string
}

/** Tokens as they stand in the sealed text. */
export interface PackedTokens extends SealedChain {
  /** Whose tokens they are at the provider: a mark of the client id. */
  readonly c?: string
  readonly n?: string
  readonly m?: Readonly<Record<string, SealedChain>>
}

/** Binds the tokens to their place: a record that was copied to another tenant does not open (DESIGN §6). */
function associatedData({ provider, tenantId, connectionId }: ConnectionKey): Uint8Array {
  return Buffer.from(JSON.stringify(['latchkey tokens', provider, tenantId, connectionId]))
}

/** `client`: the mark of the client id that the provider gave them to. */
export function sealTokens(
  keyring: Keyring,
  key: ConnectionKey,
  tokens: ConnectionTokens,
  client?: string,
): string {
  const packed: Mutable<PackedTokens> = pack(tokens)
  if (client !== undefined) packed.c = client
  if (tokens.standsFor !== undefined) packed.n = tokens.standsFor
  const more = Object.entries(tokens.additional ?? {})
  if (more.length > 0) packed.m = Object.fromEntries(more.map(([name, chain]) => [name, pack(chain)]))
  return keyring.seal('tokens', Buffer.from(JSON.stringify(packed)), associatedData(key))
}

/** The same under the newest secret. Throws `record_unreadable`. */
export function sealAnew(keyring: Keyring, key: ConnectionKey, sealed: string): string {
  return keyring.seal('tokens', openSealed(keyring, key, sealed), associatedData(key))
}

export function isSealedByNewest(keyring: Keyring, sealed: string): boolean {
  return sealed.startsWith(`${keyring.currentKeyId}.`)
}

/** Throws `record_unreadable`, which names the key id; the record itself is never touched. */
export function openPacked(keyring: Keyring, key: ConnectionKey, sealed: string): PackedTokens {
  // Authenticated text of our own writing, so its shape needs no proof.
  return JSON.parse(openSealed(keyring, key, sealed).toString())
}

/** What it gives shares nothing with `packed`. */
export function unpackTokens(packed: PackedTokens): ConnectionTokens {
  const tokens: Mutable<ConnectionTokens> = unpack(packed)
  if (packed.n !== undefined) tokens.standsFor = packed.n
  if (packed.m)
    tokens.additional = Object.fromEntries(
      Object.entries(packed.m).map(([name, chain]) => [name, unpack(chain)]),
    )
  return tokens
}

function openSealed(keyring: Keyring, key: ConnectionKey, sealed: string): Buffer {
  const opened = keyring.open('tokens', sealed, associatedData(key))
  if (!opened.plain) {
    const why =
      opened.reason === 'unknown-key'
        ? `the tokens were sealed by a secret that is not given (key id "${opened.keyId}")`
        : `the record was altered, or belongs to another connection (key id "${opened.keyId}")`
    throw new OAuthError({ code: 'record_unreadable', provider: key.provider, detail: why })
  }
  return opened.plain
}

function pack(chain: TokenChain): SealedChain {
  const sealed: Mutable<SealedChain> = { a: chain.accessToken, s: chain.scopes, t: chain.tokenType }
  if (chain.refreshToken !== undefined) sealed.r = chain.refreshToken
  if (chain.expiresAt) sealed.e = chain.expiresAt.getTime()
  if (chain.refreshTokenExpiresAt) sealed.x = chain.refreshTokenExpiresAt.getTime()
  if (chain.tokenSecret !== undefined) sealed.k = chain.tokenSecret
  return sealed
}

function unpack(sealed: SealedChain): TokenChain {
  const chain: Mutable<TokenChain> = { accessToken: sealed.a, scopes: [...sealed.s], tokenType: sealed.t }
  if (sealed.r !== undefined) chain.refreshToken = sealed.r
  if (sealed.e !== undefined) chain.expiresAt = new Date(sealed.e)
  if (sealed.x !== undefined) chain.refreshTokenExpiresAt = new Date(sealed.x)
  if (sealed.k !== undefined) chain.tokenSecret = sealed.k
  return chain
}
