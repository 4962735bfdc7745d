import type { ParamDefinition, ProviderDefinition } from '../../provider/definition.ts'
import { redirectTarget } from '../connect/redirect-target.ts'
import { defaultScopes, paramsOf } from '../definition-facts.ts'
import { clientVariables, keyVariable } from '../environment.ts'
import { findDefinition } from '../find-definition.ts'
import { labelled, plain, print, printJson } from '../output.ts'

/** Columns of a label. */
const indent = 15
const examplePort = 8976

/** `latchkey show <id>`: what has to be registered, set and known before an account can be connected. */
export async function show(name: string, { json }: { readonly json?: boolean }): Promise<void> {
  const definition = await findDefinition(name)
  if (json) return printJson(facts(definition))
  const { id, name: words, protocol, category } = definition
  print(plain(`${words} (${id}), ${protocol}, ${category}`))
  for (const [label, text] of rows(definition)) print(labelled(label, text, indent))
}

/** The same for programs. */
function facts(definition: ProviderDefinition) {
  const { id, name, category, protocol, aliases = [], setup, lifecycle, quirks = [], docs } = definition
  const ofClient = paramsOf(definition, 'client').map(describeParam)
  const params = [...paramsOf(definition, 'user').map(describeParam), ...ofClient]
  return {
    ...{ id, name, category, protocol, aliases },
    ...(setup && { register: { at: setup.console, what: setup.register, redirectUri: setup.redirectUri } }),
    ...(protocol !== 'api-key' && { redirectUris: redirectUris(definition) }),
    environment: environment(definition),
    scopes: defaultScopes(definition),
    params,
    ...(lifecycle && { lifecycle }),
    ...{ quirks, docs },
  }
}

function describeParam([name, param]: readonly [string, ParamDefinition]) {
  const { description, example, required = false, trusted = false } = param
  return { name, description, example, required, trusted }
}

type Row = readonly [label: string, text: string]

function rows(definition: ProviderDefinition): readonly Row[] {
  const { protocol, aliases = [], setup, lifecycle, quirks = [], docs } = definition
  const scopes = defaultScopes(definition)
  return [
    ...(aliases.length > 0 ? [['Also found as', aliases.join(', ')] satisfies Row] : []),
    ...(lifecycle
      ? [[lifecycle.status, `${lifecycle.since}. ${lifecycle.note} ${lifecycle.source}`] satisfies Row]
      : []),
    ...(setup ? listed('Register', [setup.console, setup.register]) : []),
    ...redirectRows(definition),
    ...listed('Environment', environment(definition)),
    ...(protocol === 'api-key' ? [] : [['Scopes', scopes.join(' ') || 'none'] satisfies Row]),
    ...listed('Params', [
      ...paramsOf(definition, 'user').map(paramWords),
      ...paramsOf(definition, 'client').map(paramWords),
    ]),
    ...listed('Good to know', quirks),
    ...listed('Pages', docs),
  ]
}

/** One label for several lines. */
function listed(label: string, texts: readonly string[]): readonly Row[] {
  return texts.map((text, at) => [at === 0 ? label : '', text])
}

function environment(definition: ProviderDefinition): readonly string[] {
  const keys = Object.keys(definition.credentials ?? {}).map((name) => keyVariable(definition, name))
  return [...clientVariables(definition), ...keys, 'LATCHKEY_SECRET']
}

/** What can be registered: the application's own, and those of `latchkey connect`. */
function redirectUris({ id }: ProviderDefinition) {
  return {
    application: `\${LATCHKEY_BASE_URL}/oauth/${id}/callback`,
    connect: redirectTarget(id, {}).uri.replace(':0/', ':<free port>/'),
    connectWithPort: redirectTarget(id, { port: examplePort }).uri,
  }
}

function redirectRows(definition: ProviderDefinition): readonly Row[] {
  if (definition.protocol === 'api-key') return []
  const { application, connect, connectWithPort } = redirectUris(definition)
  return listed('Redirect URI', [
    ...(definition.setup ? [definition.setup.redirectUri] : []),
    `your application: ${application}`,
    `latchkey connect: ${connect}`,
    `latchkey connect --port ${examplePort}: ${connectWithPort}`,
    'Any other: --redirect-uri <uri>. One that is https is not listened at: the address is pasted back.',
  ])
}

function paramWords([name, { description, example, required, trusted }]: readonly [
  string,
  ParamDefinition,
]): string {
  const kind = required ? ' (required)' : trusted ? ' (trusted: never a tenant’s to give)' : ''
  return `--param ${name}=${example}${kind}: ${description}`
}
