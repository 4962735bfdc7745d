import { isOAuthError } from 'latchkey'
import { readUser } from '../../../shared/session.ts'
import { integrations } from '../../integrations.ts'

/** A route of your own: the token is found, refreshed where it has to be, and sent. */
export async function GET(request: Request): Promise<Response> {
  const user = readUser(request.headers.get('cookie'))
  if (!user) return new Response('Sign in first', { status: 401 })
  const { clients } = await integrations()
  try {
    const channels = await clients.slack.fetch({ tenantId: user.tenantId }, '/conversations.list?limit=20')
    return Response.json(await channels.json(), { status: channels.status })
  } catch (error) {
    if (!isOAuthError(error)) throw error
    // `connection_not_found` and `reconnect_required` mean: send the user to /oauth/slack/connect.
    return Response.json({ code: error.code, hint: error.hint }, { status: 409 })
  }
}
