import { createHmac, timingSafeEqual } from 'node:crypto'

// Stands where your own sign-in is: everybody who asks is Ada of Acme. The cookie is signed, and that is all it is.

export interface User {
  readonly tenantId: string
  readonly userId: string
}

const ada: User = { tenantId: 'acme', userId: 'ada' }

/** The `Set-Cookie` of a sign-in. */
export function signIn({ tenantId, userId }: User = ada): string {
  const words = `${tenantId}.${userId}`
  return `session=${words}.${sign(words)}; Path=/; HttpOnly; SameSite=Lax`
}

/** Whose `Cookie` header this is, if anybody's. */
export function readUser(cookieHeader: string | null | undefined): User | undefined {
  const [, tenantId, userId, signature] =
    /(?:^|;\s*)session=([\w-]+)\.([\w-]+)\.([\w-]+)/.exec(cookieHeader ?? '') ?? []
  if (!tenantId || !userId || !signature) return undefined
  const wanted = Buffer.from(sign(`${tenantId}.${userId}`))
  const given = Buffer.from(signature)
  return wanted.length === given.length && timingSafeEqual(wanted, given) ? { tenantId, userId } : undefined
}

function sign(words: string): string {
  const secret = process.env.LATCHKEY_SECRET
  if (!secret) throw new Error('LATCHKEY_SECRET is missing')
  return createHmac('sha256', secret).update(`session ${words}`).digest('base64url')
}
