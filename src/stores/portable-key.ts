import { nodeCrypto } from '../node-crypto.ts'

/** Keyv's SQL adapters keep keys in VARCHAR(255), namespace included, and memcached takes 250 bytes. */
const maxLength = 180

/** An id in lower-case ASCII, since MySQL compares keys without case and accents. No two ids give the same. */
export function portablePart(id: string): string {
  return id.replace(/[^a-z0-9-]/g, asHex)
}

/** `key` as any Keyv can hold it, at most 180 characters; beyond that `cut` and a SHA-256 of `exact`. */
export function portableKey(key: string, cut: string, exact: string): string {
  if (key.length <= maxLength) return key
  return `${cut}#${nodeCrypto().createHash('sha256').update(exact).digest('hex')}`
}

function asHex(character: string): string {
  const hex = character.charCodeAt(0).toString(16)
  return hex.length <= 2 ? `=${hex.padStart(2, '0')}` : `=u${hex.padStart(4, '0')}`
}
