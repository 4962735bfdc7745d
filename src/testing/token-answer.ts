import type { Chain, Grant, RefreshToken } from './grants.ts'
import { successMarks } from './provider-error.ts'
import { jsonAnswer, present, type SimulatedAnswer, type SimulatedRequest } from './simulated-message.ts'
import type { Simulation } from './simulation.ts'
import { firstPath, writePath } from './write-path.ts'

type Paths = string | readonly string[]

/** The answer to a code exchange: one token for each chain of the grant, and all that the definition reads from it. */
export function exchangeAnswer(
  simulation: Simulation,
  request: SimulatedRequest,
  grant: Grant,
): SimulatedAnswer {
  const { definition } = simulation
  let body = successMarks(definition)
  for (const [name, chain] of grant.chains) {
    const refresh = simulation.refreshTokens
      ? simulation.grants.issueRefreshToken(grant, chain, simulation.refreshLifetime)
      : undefined
    if (name === '') body = writeChain(simulation, body, grant, chain, refresh)
    else {
      const at = definition.tokenResponse?.additionalTokens?.[name]?.at ?? name
      const inner = writeChain(simulation, { id: `${name}-${grant.account.id}` }, grant, chain, refresh, {})
      body = writePath(body, at, inner)
    }
  }
  return encode(simulation, request, writeAccount(simulation, body, grant, request.origin))
}

/** The answer to a refresh. Every chain is answered at the top level (docs.slack.dev, "Using token rotation"). */
export function refreshAnswer(
  simulation: Simulation,
  request: SimulatedRequest,
  grant: Grant,
  chain: Chain,
  refresh: RefreshToken | undefined,
): SimulatedAnswer {
  const body = writeChain(simulation, successMarks(simulation.definition), grant, chain, refresh)
  return encode(simulation, request, writeAccount(simulation, body, grant, request.origin))
}

function writeChain(
  simulation: Simulation,
  start: unknown,
  grant: Grant,
  chain: Chain,
  refresh: RefreshToken | undefined,
  fields = simulation.definition.tokenResponse?.fields ?? {},
): unknown {
  const { definition, lifetime } = simulation
  let body = start
  const put = (paths: Paths | undefined, standard: string, value: unknown) => {
    body = writePath(body, firstPath(paths ?? standard), value)
  }
  put(fields.accessToken, 'access_token', simulation.grants.issueAccessToken(grant, chain, lifetime).value)
  put(fields.tokenType, 'token_type', 'Bearer')
  if (lifetime !== undefined && simulation.tellsLifetime) put(fields.expiresIn, 'expires_in', lifetime)
  if (refresh) {
    put(fields.refreshToken, 'refresh_token', refresh.value)
    if (refresh.expiresAt !== undefined && simulation.tellsRefreshLifetime) {
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

/** Who was connected, where the token answer tells it, and the params read from it. */
function writeAccount(
  simulation: Simulation,
  start: unknown,
  grant: Grant,
  origin: string | undefined,
): unknown {
  const { identity, tokenResponse } = simulation.definition
  let body = identity.request ? start : writeIdentity(simulation, start, grant)
  for (const [name, paths] of Object.entries(tokenResponse?.capture ?? {}))
    body = writeCapture(body, grant, name, paths, origin)
  return body
}

/** The account at the definition's paths; those made of params hold nothing new. */
export function writeIdentity(simulation: Simulation, start: unknown, grant: Grant): unknown {
  const { identity } = simulation.definition
  const { id, name = `${simulation.definition.name} ${id}` } = grant.account
  let body = start
  if (identity.name !== undefined && !isTemplate(identity.name))
    body = writePath(body, firstPath(identity.name), name)
  return isTemplate(identity.id) ? body : writePath(body, firstPath(identity.id), id)
}

function isTemplate(where: Paths): boolean {
  return typeof where === 'string' && where.includes('{')
}

/** A captured param at its first path. */
export function writeCapture(
  body: unknown,
  grant: Grant,
  name: string,
  paths: Paths,
  origin: string | undefined,
): unknown {
  const value = grant.params[name]
  return value === undefined ? body : writePath(body, firstPath(paths), present(value, origin))
}

/** Form-encoded where the provider does so by default and the request did not ask for JSON (github). */
function encode(simulation: Simulation, request: SimulatedRequest, body: unknown): SimulatedAnswer {
  const asksJson = /\bjson\b/i.test(request.headers.accept ?? '')
  if (!simulation.definition.tokenResponse?.formEncoded || asksJson) return jsonAnswer(200, body)
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(Object(body))) form.set(name, String(value))
  return {
    status: 200,
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      'cache-control': 'no-store',
    },
    body: form.toString(),
  }
}
