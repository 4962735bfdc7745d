import { nodeCrypto } from '../node-crypto.ts'

const poolBytes = 2_048
let pool: Buffer | undefined
let used = poolBytes

/**
 * Random bytes, drawn from the operating system in stores of 2 KiB, as `crypto.randomUUID` does: asking for 12 takes as
 * long as asking for 2,048. No byte is handed out twice, and none stays in the store.
 */
export function randomBytes(length: number): Buffer {
  const crypto = nodeCrypto()
  if (length > poolBytes / 4) return crypto.randomBytes(length)
  pool ??= Buffer.alloc(poolBytes)
  if (used + length > poolBytes) {
    crypto.randomFillSync(pool)
    used = 0
  }
  const bytes = Buffer.from(pool.subarray(used, used + length))
  pool.fill(0, used, used + length)
  used += length
  return bytes
}
