import { recent } from '../recent.ts'
import type { Keyring } from '../state/keyring.ts'
import type { ConnectionKey, ConnectionTokens } from '../types.ts'
import { openPacked, type PackedTokens, unpackTokens } from './sealed-tokens.ts'

/** How many connections' tokens a client keeps opened, at least; at most twice as many. */
const kept = 1_000
/** Characters of a sealed text; longer ones are opened each time, so that what is kept stays below some MiB. */
const longest = 8_192

/**
 * The tokens that a client has opened last. Each is kept with the very text it was opened from, and given out for that
 * text only: every call reads the store, so nothing that somebody else has rotated, ended or removed is ever served from
 * here. It spares the decryption, which takes longer than all the rest of reading a token.
 */
export interface OpenedTokens {
  /** Throws `record_unreadable`. */
  tokensOf(key: ConnectionKey, sealed: string): ConnectionTokens
  /** For a connection that has ended. */
  forget(key: ConnectionKey): void
}

export function createOpenedTokens(keyring: Keyring): OpenedTokens {
  const opened = recent<{ readonly sealed: string; readonly packed: PackedTokens }>(kept)

  function packedOf(key: ConnectionKey, sealed: string): PackedTokens {
    const place = placeOf(key)
    const known = opened.get(place)
    if (known?.sealed === sealed) return known.packed
    const packed = openPacked(keyring, key, sealed)
    if (sealed.length <= longest) opened.offer(place, { sealed, packed })
    else opened.delete(place)
    return packed
  }

  return {
    tokensOf: (key, sealed) => unpackTokens(packedOf(key, sealed)),
    forget: (key) => opened.delete(placeOf(key)),
  }
}

/** No id holds a control character (DESIGN §12). */
function placeOf({ provider, tenantId, connectionId }: ConnectionKey): string {
  return `${provider}\n${tenantId}\n${connectionId}`
}
