import { OAuthError } from '../errors/oauth-error.ts'
import type { ConnectionFilter, ConnectionKey, StoredConnection } from '../types.ts'
import { portableKey, portablePart } from './portable-key.ts'

const maxIdLength = 255
/** LMDB takes 1978 bytes; three ids of 255 ASCII characters or two of any characters stay far below. */
const maxKeyBytes = 1_950
/** Keys of latchkey in a Keyv begin with this; it holds no ":", which Keyv reads as the end of a namespace. */
export const portablePrefix = 'latchkey/'

// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the purpose
const controlCharacter = /[\u0000-\u001f\u007f-\u009f]/
/** The separator, the escapes themselves, and what Redis reads in hash tags and patterns. */
const reserved = /[ %~|:{}*?[\]\\]/g
/** What nearly every id is: nothing in it needs an escape. */
const plainId = /^[\w.@+-]*$/
const loneSurrogate = /\p{Surrogate}/gu
const sixBits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/**
 * One string for one connection, and no other: `provider|tenant|connection` with everything ambiguous escaped. Sorted
 * by provider, then tenant. Lone surrogates are escaped too, because all of them become the same character in UTF-8.
 * Throws `params_invalid` for an id that is empty, longer than 255 characters or holds a control character.
 */
export function encodeConnectionKey(key: ConnectionKey): string {
  const { provider, tenantId, connectionId } = key
  assertId('provider', provider)
  assertId('tenantId', tenantId)
  assertId('connectionId', connectionId)
  const encoded = `${escapeId(provider)}|${escapeId(tenantId)}|${escapeId(connectionId)}`
  // No character takes more than three bytes.
  if (encoded.length > maxKeyBytes / 3 && Buffer.byteLength(encoded) > maxKeyBytes)
    throw invalid('the ids are too long together')
  return encoded
}

/** The inverse of `encodeConnectionKey`. */
export function decodeConnectionKey(encoded: string): ConnectionKey {
  const [provider, tenantId, connectionId, ...more] = encoded.split('|').map(unescapeId)
  if (provider === undefined || tenantId === undefined || connectionId === undefined || more.length > 0)
    throw invalid('not the key of a connection')
  return { provider, tenantId, connectionId }
}

/** What every key that the filter can match begins with. */
export function connectionKeyPrefix(filter: ConnectionFilter): string {
  if (filter.provider === undefined) return ''
  const provider = `${escapeId(filter.provider)}|`
  return filter.tenantId === undefined ? provider : `${provider}${escapeId(filter.tenantId)}|`
}

/** The key of a connection in any Keyv. The record holds its ids, so nothing needs to be read back from it. */
export function portableConnectionKey(key: ConnectionKey): string {
  const exact = encodeConnectionKey(key)
  const provider = portablePart(key.provider)
  const parts = [provider, portablePart(key.tenantId), portablePart(key.connectionId)]
  const cut = provider.length <= 64 ? `${portablePrefix}${provider}/` : portablePrefix
  return portableKey(portablePrefix + parts.join('/'), cut, exact)
}

/** Whether two keys name the same connection. */
export function isSameConnection(a: ConnectionKey, b: ConnectionKey): boolean {
  return a.provider === b.provider && a.tenantId === b.tenantId && a.connectionId === b.connectionId
}

/** Whether `list` with this filter yields the record. A record without an expiry expires before nothing. */
export function matches(record: StoredConnection, filter: ConnectionFilter): boolean {
  const { provider, tenantId, status, expiresBefore, refreshedBefore } = filter
  if (provider !== undefined && record.provider !== provider) return false
  if (tenantId !== undefined && record.tenantId !== tenantId) return false
  if (status !== undefined && record.status !== status) return false
  if (expiresBefore !== undefined && !(record.expiresAt && record.expiresAt < expiresBefore)) return false
  return refreshedBefore === undefined || record.refreshedAt < refreshedBefore
}

/** §12: any non-empty string of up to 255 characters without control characters. Throws `params_invalid`. */
export function assertId(name: string, id: unknown): asserts id is string {
  if (typeof id !== 'string' || id === '') throw invalid(`${name} must be a non-empty string`)
  if (id.length > maxIdLength) throw invalid(`${name} must be at most ${maxIdLength} characters long`)
  if (controlCharacter.test(id)) throw invalid(`${name} must not hold control characters`)
}

function escapeId(id: string): string {
  if (plainId.test(id)) return id
  return id
    .replace(reserved, (character) => `%${character.charCodeAt(0).toString(16)}`)
    .replace(loneSurrogate, (surrogate) => {
      const bits = surrogate.charCodeAt(0) - 0xd800
      return `~${sixBits.charAt(bits >> 6)}${sixBits.charAt(bits & 63)}`
    })
}

function unescapeId(text: string): string {
  return text.replace(/%([0-9a-f]{2})|~([\w-])([\w-])/g, (_all, hex?: string, high = '', low = '') =>
    String.fromCharCode(
      hex === undefined
        ? 0xd800 + (sixBits.indexOf(high) << 6) + sixBits.indexOf(low)
        : Number.parseInt(hex, 16),
    ),
  )
}

function invalid(detail: string): OAuthError {
  return new OAuthError({ code: 'params_invalid', detail })
}
