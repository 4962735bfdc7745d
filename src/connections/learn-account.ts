import type { ClientContext } from '../context.ts'
import { sanitizeWords } from '../errors/message.ts'
import { isOAuthError } from '../errors/oauth-error.ts'
import { reportError } from '../hooks.ts'
import type { Granted } from '../protocols/protocol.ts'
import type { ProviderDefinition } from '../provider/definition.ts'
import type { Params } from '../provider/params.ts'
import { readText } from '../provider/path.ts'
import { expandText } from '../provider/template.ts'
import { ask, type Learning } from '../tokens/ask.ts'
import type { Connection } from '../types.ts'

/** Who was connected. Not knowing is reported and costs no connection: the code is spent by now. */
export async function readAccount(
  context: ClientContext,
  known: Learning,
  granted: Pick<Granted, 'body' | 'identity'>,
): Promise<Connection['account']> {
  const { request } = context.provider.identity
  try {
    const asked = granted.identity ?? (request && (await ask(context, 'identity', request, known)))
    return accountIn(context, known, request ? asked : granted.body)
  } catch (error) {
    if (!isOAuthError(error)) throw error
    reportError(context, error)
    return undefined
  }
}

/** The account that an answer speaks of, in words that hold no secret. */
function accountIn(
  { provider }: ClientContext,
  { params, secrets }: Learning,
  body: unknown,
): Connection['account'] {
  const { identity } = provider
  const id = readIdentity(provider, body, identity.id, params)
  if (id === undefined) return undefined
  const name = identity.name && readIdentity(provider, body, identity.name, params)
  return {
    id: sanitizeWords(id, secrets),
    ...(name !== undefined && { name: sanitizeWords(name, secrets) }),
  }
}

function readIdentity(
  provider: ProviderDefinition,
  body: unknown,
  where: string | readonly string[],
  params: Params,
): string | undefined {
  if (typeof where !== 'string' || !where.includes('{')) return readText(body, where)
  try {
    return expandText(provider, where, params)
  } catch (error) {
    // A param that this account does not have; its name must not cost the id.
    if (isOAuthError(error)) return undefined
    throw error
  }
}
