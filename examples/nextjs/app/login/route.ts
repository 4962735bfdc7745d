import { signIn } from '../../../shared/session.ts'

export function GET(): Response {
  return new Response(null, { status: 303, headers: { 'set-cookie': signIn(), location: '/' } })
}
