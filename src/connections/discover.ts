import type { ClientContext } from '../context.ts'
import { sanitizeWords } from '../errors/message.ts'
import { isOAuthError } from '../errors/oauth-error.ts'
import { reportError } from '../hooks.ts'
import { captureFrom } from '../provider/capture.ts'
import type { ProviderDefinition } from '../provider/definition.ts'
import { checkCapturedParam, type Params } from '../provider/params.ts'
import { readFirst, readPath, readText } from '../provider/path.ts'
import { expandText } from '../provider/template.ts'
import { ask, type Learning } from '../tokens/ask.ts'
import type { Choice, Connection } from '../types.ts'

type Discovery = NonNullable<ProviderDefinition['discovery']>[number]
type Choose = NonNullable<Discovery['choose']>

/** More than any grant is known to reach; a record must not grow without end. */
const mostChoices = 500

interface Discovered {
  readonly params: Params
  readonly choices: Connection['choices']
}

/**
 * The definition's requests after connect. One that fails matters only where the definition says so. `chosen`: what an
 * earlier connect of this connection was set to, which stands as long as the grant still reaches it.
 */
export async function discoverParams(
  context: ClientContext,
  known: Learning,
  chosen: Params = {},
): Promise<Discovered> {
  const params: Record<string, string> = {}
  const choices: Record<string, readonly Choice[]> = {}
  for (const request of context.provider.discovery ?? []) {
    try {
      const body = await ask(context, 'discovery', request, {
        ...known,
        params: { ...known.params, ...params },
      })
      const captured = captureFrom(context.provider, body, request.capture)
      for (const name of Object.keys(request.capture ?? {}))
        if (captured[name] === undefined && request.required)
          throw context.fail({ code: 'malformed_response', detail: `discovery found no "${name}"` })
      Object.assign(params, captured)
      if (request.choose) {
        const { param } = request.choose
        const found = readChoices(context, request.choose, body, {
          ...known,
          params: { ...known.params, ...params },
        })
        if (found.length === 0 && request.required)
          throw context.fail({ code: 'malformed_response', detail: `discovery found no "${param}"` })
        choices[param] = found
      }
    } catch (error) {
      if (request.required || !isOAuthError(error)) throw error
      // One that hangs on a choice that is yet to be made is nothing to report.
      if (!isUnchosen(context, request, { ...known.params, ...params })) reportError(context, error)
    }
    const param = request.choose?.param
    if (param === undefined) continue
    const value = pick(context, param, choices[param] ?? [], known.params[param], chosen[param])
    if (value !== undefined) params[param] = value
  }
  return { params, choices: Object.keys(choices).length > 0 ? choices : undefined }
}

/** What the user named must be there; what is the only one is taken; of several none is guessed. */
function pick(
  context: ClientContext,
  param: string,
  found: readonly Choice[],
  asked: string | undefined,
  before: string | undefined,
): string | undefined {
  if (asked !== undefined) {
    // An empty list proves nothing: some accounts' are (whatsapp).
    if (found.length > 0) assertChoice(context, param, found, asked)
    return asked
  }
  if (found.length === 1) return found[0]?.id
  return found.some(({ id }) => id === before) ? before : undefined
}

/** Whether a request names a param that one of the lists before it has left open. */
function isUnchosen({ provider }: ClientContext, { url }: Discovery, params: Params): boolean {
  return (provider.discovery ?? []).some(
    ({ choose }) => choose && url.includes(`{${choose.param}}`) && !Object.hasOwn(params, choose.param),
  )
}

/** Throws `params_invalid`, naming what there is to choose from. */
export function assertChoice(
  context: ClientContext,
  param: string,
  found: readonly Choice[],
  value: string,
): void {
  if (found.some(({ id }) => id === value)) return
  const list = found.slice(0, 5).map(({ id, name }) => (name === undefined ? id : `${id} (${name})`))
  const has = list.length > 0 ? `it has ${list.join(', ')}${found.length > 5 ? ', …' : ''}` : 'it has none'
  throw context.fail({
    code: 'params_invalid',
    detail: `the account does not have the "${param}" that was asked for: ${has}`,
  })
}

function readChoices(
  context: ClientContext,
  choose: Choose,
  body: unknown,
  { params, secrets }: Learning,
): Choice[] {
  const list = readListAt(body, choose.list)
  const { where } = choose
  const fits = where ? list.filter((entry) => matches(context.provider, entry, where, params)) : list
  const choices = new Map<string, Choice>()
  // Without a match, a comparison may have had nothing to compare with; words that are not there are not there.
  const counting = fits.length > 0 || where?.contains !== undefined ? fits : list
  for (const entry of counting) {
    const id = readText(entry, choose.id)
    if (id === undefined || choices.has(id) || choices.size >= mostChoices) continue
    // Words from outside, which an error may list.
    const words = choose.name && readText(entry, choose.name)
    const name = words && sanitizeWords(words, secrets).slice(0, 200)
    checkCapturedParam(context.provider, choose.param, id)
    choices.set(id, { id, ...(name && { name }) })
  }
  return [...choices.values()]
}

function readListAt(body: unknown, where: string | readonly string[]): readonly unknown[] {
  for (const path of typeof where === 'string' ? [where] : where) {
    const found = readPath(body, path)
    if (Array.isArray(found)) return found
  }
  return []
}

function matches(
  provider: ProviderDefinition,
  entry: unknown,
  { at, equals, contains }: NonNullable<Choose['where']>,
  params: Params,
): boolean {
  const value = readFirst(entry, at)
  const values = (Array.isArray(value) ? value : [value]).map(String)
  if (contains !== undefined && !values.some((each) => each.includes(contains))) return false
  if (equals === undefined) return true
  try {
    return values.includes(expandText(provider, equals, params))
  } catch {
    // Compared with a param that this grant does not have.
    return false
  }
}
