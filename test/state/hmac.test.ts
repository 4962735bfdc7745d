import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { hmacSha256 } from '../../src/state/hmac.ts'

it('is the HMAC-SHA-256 of node:crypto, for any key of up to a block and any message', () => {
  const bytes = (maxLength: number) => fc.uint8Array({ maxLength })
  fc.assert(
    fc.property(bytes(64), fc.array(bytes(200), { minLength: 1, maxLength: 3 }), (key, messages) => {
      const own = hmacSha256(Buffer.from(key))
      // Each after another, since what is kept between them must not show.
      for (const message of messages)
        expect(own(message)).toBe(createHmac('sha256', key).update(message).digest('base64url'))
    }),
  )
})
