import type { PlaidLinkDefinition } from '../../provider/definition.ts'
import { checkCredentialHeaders } from '../api-credential.ts'
import { findInJson, jsonFits } from '../json-body.ts'
import { Refusal } from '../provider-error.ts'
import { isRegistered } from '../redirect-uri.ts'
import { parseJson } from '../request-params.ts'
import type { SimulatedRequest } from '../simulated-message.ts'
import { checkHeaders, expected } from '../values.ts'
import type { PlaidLinkSimulation } from './settings.ts'

type LinkRequest = PlaidLinkDefinition['token']

/**
 * A JSON request of the client's own: its credentials where the API's credential has them, the fixed headers, and the
 * documented body. Gives back what stands for each placeholder.
 */
export function readLinkRequest(
  simulation: PlaidLinkSimulation,
  request: SimulatedRequest,
  documented: LinkRequest,
  values: Readonly<Record<string, string>>,
): (name: string) => unknown {
  const { api } = simulation.definition
  if (api.credential && 'json' in api.credential)
    checkCredentialHeaders(simulation, api.credential.headers, request)
  checkHeaders(simulation, api.headers, request.headers, { sets: [values] })
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim()
  if (type !== 'application/json')
    throw new Refusal('invalid_request', 'The content type must be application/json')
  const body = parseJson(request.body)
  const fits = jsonFits(documented.json, body, (name, value) => accepts(simulation, values, name, value))
  if (!fits) throw new Refusal('invalid_request', 'The body is not the one this provider documents')
  return (name) => findInJson(documented.json, name, body)
}

function accepts(
  simulation: PlaidLinkSimulation,
  values: Readonly<Record<string, string>>,
  name: string,
  value: unknown,
): boolean {
  if (name === 'scopes') return Array.isArray(value) && value.length > 0 && value.every(isText)
  if (name === 'userId') return value === undefined || isText(value)
  if (name === 'completionUri') return isText(value) && isRegistered(simulation, value)
  if (name === 'redirectUri') return isText(value) && simulation.redirectUris.includes(value)
  if (['accessToken', 'linkToken', 'publicToken'].includes(name)) return isText(value)
  const { clientId, clientSecret } = simulation
  const wanted = expected(simulation, `{${name}}`, { ...values, clientId, clientSecret })
  return wanted === undefined ? value === undefined || isText(value) : value === wanted
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/** Whether a request is for mending: it names an access token where the definition has one. */
export function isUpdate({ definition }: PlaidLinkSimulation, request: SimulatedRequest): boolean {
  return findInJson(definition.link.update.json, 'accessToken', parseJson(request.body)) !== undefined
}
