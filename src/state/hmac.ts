import { nodeCrypto } from '../node-crypto.ts'

const blockBytes = 64
const digestBytes = 32

/**
 * HMAC-SHA-256 under a key of up to 64 bytes, in base64url: its two passes (RFC 2104 §2) as one-shot hashes where the
 * runtime has them, which takes half as long as an `Hmac` object.
 */
export function hmacSha256(key: Buffer): (message: Uint8Array) => string {
  const inner = padded(key, 0x36)
  const outer = Buffer.concat([padded(key, 0x5c), Buffer.alloc(digestBytes)])
  return (message) => {
    const crypto = nodeCrypto()
    if (typeof crypto.hash !== 'function')
      return crypto.createHmac('sha256', key).update(message).digest('base64url')
    outer.write(crypto.hash('sha256', Buffer.concat([inner, message]), 'hex'), blockBytes, 'hex')
    return crypto.hash('sha256', outer, 'base64url')
  }
}

function padded(key: Buffer, pad: number): Buffer {
  const block = Buffer.alloc(blockBytes, pad)
  for (const [index, byte] of key.entries()) block[index] = byte ^ pad
  return block
}
