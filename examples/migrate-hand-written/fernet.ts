import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

// Fernet, as https://github.com/fernet/spec/blob/master/Spec.md describes it: version 0x80, time, IV, AES-128-CBC, HMAC-SHA256.

/** What every Fernet token begins with, until the year 2106. */
export const looksLikeFernet = (text: string) => text.startsWith('gAAAAA')

/** The text, by the first of the keys that fits (Python's `MultiFernet`); nothing where none does. Stored text has no age. */
export function openFernet(token: string, keys: readonly string[]): string | undefined {
  const bytes = strictBase64Url(token)
  // Version, time and IV, one block at least, HMAC.
  if (bytes?.[0] !== 0x80 || bytes.length < 25 + 16 + 32 || (bytes.length - 57) % 16 !== 0) return undefined
  const signed = bytes.subarray(0, -32)
  for (const key of keys) {
    const [signing, encryption] = halves(key)
    const mac = createHmac('sha256', signing).update(signed).digest()
    if (!timingSafeEqual(mac, bytes.subarray(-32))) continue
    try {
      const decipher = createDecipheriv('aes-128-cbc', encryption, signed.subarray(9, 25))
      return Buffer.concat([decipher.update(signed.subarray(25)), decipher.final()]).toString()
    } catch {
      return undefined
    }
  }
  return undefined
}

/** For the way back: a token that the old system can open. `iv` and `now` (ms) are for tests. */
export function sealFernet(text: string, key: string, iv = randomBytes(16), now = Date.now()): string {
  const [signing, encryption] = halves(key)
  const head = Buffer.alloc(9, 0x80)
  head.writeBigUInt64BE(BigInt(Math.floor(now / 1000)), 1)
  const cipher = createCipheriv('aes-128-cbc', encryption, iv)
  const signed = Buffer.concat([head, iv, cipher.update(text), cipher.final()])
  const mac = createHmac('sha256', signing).update(signed).digest()
  return padded(Buffer.concat([signed, mac]))
}

function halves(key: string): [signing: Buffer, encryption: Buffer] {
  const bytes = strictBase64Url(key)
  if (bytes?.length !== 32) throw new Error('a Fernet key is 32 bytes in URL-safe Base64')
  return [bytes.subarray(0, 16), bytes.subarray(16)]
}

/** Node would read past what is no Base64. */
function strictBase64Url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url')
  return padded(bytes) === text ? bytes : undefined
}

const padded = (bytes: Buffer) => bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_')
