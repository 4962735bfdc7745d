import type { ProviderDefinition, Sign } from '../provider/definition.ts'
import { matchesSign } from '../provider/sign.ts'
import { readBody } from './body.ts'
import { readStream } from './transport.ts'

const peekBytes = 16 * 1024

/** Whether an API's answer is one of these. Its body is looked at only where a sign needs it, in a clone. */
export async function saysSo(
  provider: ProviderDefinition,
  signs: readonly Sign[] | undefined,
  response: Response,
): Promise<boolean> {
  const { status } = response
  const possible = (signs ?? []).filter((sign) => sign.status === undefined || sign.status === status)
  if (possible.length === 0) return false
  const headers = Object.fromEntries(response.headers)
  const needsBody = possible.some(
    ({ at, values, contains }) => at !== undefined || values !== undefined || contains !== undefined,
  )
  const body = needsBody ? await peek(response) : undefined
  return matchesSign(provider, possible, { status, headers, body })
}

async function peek(response: Response): Promise<unknown> {
  const type = response.headers.get('content-type') ?? ''
  if (!/json|text\/plain/i.test(type)) return undefined
  const stream = response.clone().body
  const bytes = stream && (await readStream(stream, peekBytes))
  const body = bytes && readBody(bytes)
  if (body?.kind === 'json') return body.value
  // trello answers in words alone: a sign finds them at the empty path.
  return bytes && body?.kind === 'unreadable' ? Buffer.from(bytes).toString() : undefined
}
