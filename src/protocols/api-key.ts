import type { ClientContext } from '../context.ts'
import { isOAuthError } from '../errors/oauth-error.ts'
import type { ApiKeyDefinition } from '../provider/definition.ts'
import type { Params } from '../provider/params.ts'
import { matchesPattern } from '../provider/template.ts'
import { ask } from '../tokens/ask.ts'
import type { Granted } from './protocol.ts'

/**
 * A key that the user copied from the provider: proven by the identity request, then kept like any token. It has no end
 * that anybody knows, and nothing to refresh it with.
 */
export async function proveKey(
  context: ClientContext<ApiKeyDefinition>,
  credentials: Readonly<Record<string, unknown>>,
  params: Params,
): Promise<Granted> {
  const accessToken = readKey(context, credentials)
  const tokens = { accessToken, scopes: [], tokenType: 'api-key' }
  const secrets = [accessToken]
  const { request } = context.provider.identity
  if (!request) return { tokens, body: undefined, secrets }
  try {
    const identity = await ask(context, 'identity', request, { params, tokens, secrets })
    return { tokens, body: identity, identity, secrets }
  } catch (error) {
    if (!isOAuthError(error) || (error.status !== 401 && error.status !== 403)) throw error
    throw context.fail({
      code: 'provider_error',
      error: error.error,
      errorDescription: error.errorDescription,
      status: error.status,
      hint: 'The provider refused the key. Check that it was copied whole and belongs to this account.',
    })
  }
}

/** The one secret that the definition names. Throws `params_invalid`, which never holds what was given. */
function readKey(
  context: ClientContext<ApiKeyDefinition>,
  presented: Readonly<Record<string, unknown>>,
): string {
  const [[name, declared] = ['', undefined]] = Object.entries(context.provider.credentials)
  // Often out of a request's body, where no type holds.
  const credentials = typeof presented === 'object' && presented !== null ? presented : {}
  const given: unknown = Object.hasOwn(credentials, name) ? Reflect.get(credentials, name) : undefined
  const other = Object.keys(credentials).find((each) => each !== name)
  const key = typeof given === 'string' ? given.trim() : ''
  if (other === undefined && declared && matchesPattern(declared.pattern, key)) return key
  throw context.fail({
    code: 'params_invalid',
    detail:
      other === undefined
        ? `the credential "${name}" is ${given === undefined ? 'missing' : 'not valid'}: ${declared?.description}, for example "${declared?.example}"`
        : `there is no credential "${other.slice(0, 60)}": it takes "${name}"`,
  })
}
