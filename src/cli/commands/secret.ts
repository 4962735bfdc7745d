import { randomBytes } from 'node:crypto'
import { print } from '../output.ts'

/** `latchkey secret`: 256 bits for LATCHKEY_SECRET. */
export function secret(): void {
  print(randomBytes(32).toString('base64url'))
}
