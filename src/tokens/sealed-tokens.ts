import { OAuthError } from '../errors/oauth-error.ts'
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

interface SealedTokens extends SealedChain {
  /** Whose tokens they are at the provider: a mark of the client id. */
  readonly c?: string
  readonly n?: string
  readonly m?: Readonly<Record<string, SealedChain>>
}

/** Binds the tokens to their place: a record that was copied to another tenant does not open (DESIGN §6). */
function associatedData(key: ConnectionKey): string {
  return JSON.stringify(['latchkey tokens', key.provider, key.tenantId, key.connectionId])
}

/** `client`: the mark of the client id that the provider gave them to. */
export function sealTokens(
  keyring: Keyring,
  key: ConnectionKey,
  tokens: ConnectionTokens,
  client?: string,
): string {
  const more = Object.entries(tokens.additional ?? {}).map(([name, chain]) => [name, pack(chain)] as const)
  const packed: SealedTokens = {
    ...pack(tokens),
    ...(client !== undefined && { c: client }),
    ...(tokens.standsFor !== undefined && { n: tokens.standsFor }),
    ...(more.length > 0 && { m: Object.fromEntries(more) }),
  }
  return keyring.seal('tokens', Buffer.from(JSON.stringify(packed)), associatedData(key))
}

/** The same under the newest secret. Throws `record_unreadable`. */
export function sealAnew(keyring: Keyring, key: ConnectionKey, sealed: string): string {
  return keyring.seal('tokens', openSealed(keyring, key, sealed), associatedData(key))
}

/** The mark of the client id that the tokens were given to, where they say so. Throws `record_unreadable`. */
export function clientOf(keyring: Keyring, key: ConnectionKey, sealed: string): string | undefined {
  const packed: SealedTokens = JSON.parse(openSealed(keyring, key, sealed).toString())
  return packed.c
}

export function isSealedByNewest(keyring: Keyring, sealed: string): boolean {
  return sealed.startsWith(`${keyring.currentKeyId}.`)
}

/** Throws `record_unreadable`, which names the key id; the record itself is never touched. */
export function openTokens(keyring: Keyring, key: ConnectionKey, sealed: string): ConnectionTokens {
  // Authenticated text of our own writing, so its shape needs no proof.
  const packed: SealedTokens = JSON.parse(openSealed(keyring, key, sealed).toString())
  const tokens = { ...unpack(packed), ...(packed.n !== undefined && { standsFor: packed.n }) }
  if (!packed.m) return tokens
  const additional = Object.fromEntries(
    Object.entries(packed.m).map(([name, chain]) => [name, unpack(chain)]),
  )
  return { ...tokens, additional }
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
  return {
    a: chain.accessToken,
    ...(chain.refreshToken !== undefined && { r: chain.refreshToken }),
    ...(chain.expiresAt && { e: chain.expiresAt.getTime() }),
    ...(chain.refreshTokenExpiresAt && { x: chain.refreshTokenExpiresAt.getTime() }),
    s: chain.scopes,
    t: chain.tokenType,
    ...(chain.tokenSecret !== undefined && { k: chain.tokenSecret }),
  }
}

function unpack(chain: SealedChain): TokenChain {
  return {
    accessToken: chain.a,
    ...(chain.r !== undefined && { refreshToken: chain.r }),
    ...(chain.e !== undefined && { expiresAt: new Date(chain.e) }),
    ...(chain.x !== undefined && { refreshTokenExpiresAt: new Date(chain.x) }),
    scopes: chain.s,
    tokenType: chain.t,
    ...(chain.k !== undefined && { tokenSecret: chain.k }),
  }
}
