import { createHash, timingSafeEqual } from 'node:crypto'

/** The first `bytes` of a SHA-256 in base64url. */
export function shortHash(text: string, bytes: number): string {
  return createHash('sha256').update(text).digest().subarray(0, bytes).toString('base64url')
}

/** RFC 7636 §4.2: S256. */
export function codeChallenge(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url')
}

/** Equality that takes as long for a near miss as for a far one. Two absent values are equal. */
export function equalSecrets(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  const left = createHash('sha256').update(a).digest()
  return timingSafeEqual(left, createHash('sha256').update(b).digest())
}
