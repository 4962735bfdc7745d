import { nodeCrypto } from '../node-crypto.ts'

/** The first `bytes` of a SHA-256 in base64url. */
export function shortHash(text: string, bytes: number): string {
  return sha256(text).subarray(0, bytes).toString('base64url')
}

/** RFC 7636 §4.2: S256. */
export function codeChallenge(verifier: string): string {
  const crypto = nodeCrypto()
  // In one call where the runtime has it: a hash object takes seven times as long as what it hashes here.
  if (typeof crypto.hash === 'function') return crypto.hash('sha256', verifier, 'base64url')
  return crypto.createHash('sha256').update(verifier).digest('base64url')
}

/** Equality that takes as long for a near miss as for a far one. Two absent values are equal. */
export function equalSecrets(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return nodeCrypto().timingSafeEqual(sha256(a), sha256(b))
}

function sha256(text: string): Buffer {
  const crypto = nodeCrypto()
  if (typeof crypto.hash === 'function') return crypto.hash('sha256', text, 'buffer')
  return crypto.createHash('sha256').update(text).digest()
}
