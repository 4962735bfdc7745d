import { readText } from '../../provider/path.ts'
import { tokenCaptures } from '../account.ts'
import { writeCaptures, writeIdentity } from '../account-body.ts'
import { type Chain, type Grant, type RefreshToken, random } from '../grants.ts'
import { successMarks } from '../provider-error.ts'
import { formAnswer, jsonAnswer, type SimulatedAnswer, type SimulatedRequest } from '../simulated-message.ts'
import { firstPath, writePath } from '../write-path.ts'
import { refreshTokenEnd } from './refresh-token-end.ts'
import type { OAuth2Simulation } from './settings.ts'

type Paths = string | readonly string[]

/** The answer to a code exchange: one token for each chain of the grant, and all that the definition reads from it. */
export function exchangeAnswer(
  simulation: OAuth2Simulation,
  request: SimulatedRequest,
  grant: Grant,
): SimulatedAnswer {
  const { definition } = simulation
  const lifetime = simulation.firstLifetime ?? simulation.lifetime
  let body = successMarks(definition)
  for (const [name, chain] of grant.chains) {
    const refresh =
      simulation.refreshTokens && chain.refreshable
        ? simulation.grants.issueRefreshToken(grant, chain, refreshTokenEnd(simulation, grant))
        : undefined
    if (name === '') body = writeChain(simulation, body, chain, { lifetime, refresh })
    else {
      const at = definition.tokenResponse?.additionalTokens?.[name]?.at ?? name
      const start = { id: `${name}-${grant.account.id}` }
      const inner = writeChain(simulation, start, chain, { lifetime, refresh, fields: {} })
      register(simulation, inner, 'access_token', grant, chain, lifetime)
      body = writePath(body, at, inner)
    }
  }
  return answer(simulation, request, body, grant, grant.chains.get(''), lifetime)
}

/** The answer to a refresh. Every chain is answered at the top level (docs.slack.dev, "Using token rotation"). */
export function refreshAnswer(
  simulation: OAuth2Simulation,
  request: SimulatedRequest,
  grant: Grant,
  chain: Chain,
  refresh: RefreshToken | undefined,
): SimulatedAnswer {
  const { lifetime } = simulation
  const body = writeChain(simulation, successMarks(simulation.definition), chain, { lifetime, refresh })
  return answer(simulation, request, body, grant, chain, lifetime)
}

/** The answer to the second exchange: another access token, of a long life. */
export function longLivedAnswer(
  simulation: OAuth2Simulation,
  request: SimulatedRequest,
  grant: Grant,
  chain: Chain,
): SimulatedAnswer {
  const { lifetime } = simulation
  const body = writeChain(simulation, successMarks(simulation.definition), chain, { lifetime })
  return answer(simulation, request, body, grant, chain, lifetime)
}

/** Who was connected, where the token answer tells it, and the params read from it. */
function answer(
  simulation: OAuth2Simulation,
  request: SimulatedRequest,
  start: unknown,
  grant: Grant,
  chain: Chain | undefined,
  lifetime: number | undefined,
): SimulatedAnswer {
  const { identity, tokenResponse } = simulation.definition
  const named = identity.request ? start : writeIdentity(simulation, start, grant)
  const captures = tokenCaptures(simulation.definition)
  const body = writeCaptures(named, captures, grant.params, request.origin)
  const at = firstPath(tokenResponse?.fields?.accessToken ?? 'access_token')
  if (chain) register(simulation, body, at, grant, chain, lifetime)
  return encode(simulation, request, body)
}

/** A token is known by what it has become: claims that are read from it made it a JWT. */
function register(
  { grants }: OAuth2Simulation,
  body: unknown,
  at: string,
  grant: Grant,
  chain: Chain,
  lifetime: number | undefined,
): void {
  grants.issueAccessToken(grant, chain, lifetime, readText(body, at))
}

function writeChain(
  simulation: OAuth2Simulation,
  start: unknown,
  chain: Chain,
  options: {
    readonly lifetime: number | undefined
    readonly refresh?: RefreshToken | undefined
    readonly fields?: NonNullable<OAuth2Simulation['definition']['tokenResponse']>['fields']
  },
): unknown {
  const { definition } = simulation
  const { lifetime, refresh, fields = definition.tokenResponse?.fields ?? {} } = options
  let body = start
  const put = (paths: Paths | undefined, standard: string, value: unknown) => {
    body = writePath(body, firstPath(paths ?? standard), value)
  }
  put(fields.accessToken, 'access_token', random('access'))
  put(undefined, 'token_type', 'Bearer')
  if (lifetime !== undefined && simulation.tellsLifetime) {
    const { expiresAt } = fields
    if (expiresAt) put(expiresAt.at, '', time(simulation.clock() + lifetime * 1000, expiresAt.format))
    if (!expiresAt || fields.expiresIn) put(fields.expiresIn, 'expires_in', lifetime)
  }
  if (refresh) {
    put(undefined, 'refresh_token', refresh.value)
    if (refresh.expiresAt !== undefined && simulation.refresh.told) {
      const left = Math.max(0, Math.floor((refresh.expiresAt - simulation.clock()) / 1000))
      put(fields.refreshTokenExpiresIn, 'refresh_token_expires_in', left)
    }
  }
  if (chain.tellScopes) {
    const path = firstPath(fields.scope ?? 'scope')
    // A name in the plural holds a list (hubspot `scopes`).
    const separator = definition.authorization.scopes?.separator ?? ' '
    put(path, path, path.endsWith('s') ? chain.scopes : chain.scopes.join(separator))
  }
  return body
}

function time(ms: number, format: 'unix-seconds' | 'unix-ms' | 'iso8601'): number | string {
  if (format === 'iso8601') return new Date(ms).toISOString()
  return format === 'unix-ms' ? ms : Math.floor(ms / 1000)
}

/** Form-encoded where the provider does so by default and the request did not ask for JSON (github). */
function encode(simulation: OAuth2Simulation, request: SimulatedRequest, body: unknown): SimulatedAnswer {
  const asksJson = /\bjson\b/i.test(request.headers.accept ?? '')
  if (!simulation.definition.tokenResponse?.formEncoded || asksJson) return jsonAnswer(200, body)
  return formAnswer(
    200,
    Object.entries(Object(body)).map(([name, value]) => [name, String(value)]),
  )
}
