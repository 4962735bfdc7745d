import type { ProviderDefinition } from '../src/provider/definition.ts'
import {
  accessTokenLifetime,
  environment,
  lifecycle,
  paramsOf,
  pkce,
  refresh,
  refreshTokenWords,
  revocation,
  signWords,
  sourcesOf,
} from './provider-facts.ts'
import { code, duration, listed, prose, sentence, table } from './words.ts'

/** docs/providers.md: everything a definition says that somebody who uses it wants to know. */
export function providerDocs(providers: readonly ProviderDefinition[]): string {
  const sorted = [...providers].sort((a, b) => a.name.localeCompare(b.name, 'en'))
  const lines = [
    '# Integrations',
    '',
    'Generated from `providers/` by `npm run docs:providers`. Do not edit.',
    '',
    `${sorted.length} definitions. Params in bold must be given to \`authorize\` or \`connect\`; those marked "trusted" can only`,
    "be set in the client's options. Lifetimes are what the provider documents; what counts at run time is what its",
    'answers say.',
    '',
    ...overview(sorted),
    ...sorted.flatMap((definition) => ['', ...section(definition)]),
    '',
  ]
  return lines.join('\n')
}

function overview(providers: readonly ProviderDefinition[]): string[] {
  const head = [
    ...['id', 'name', 'protocol', 'PKCE', 'access token lives', 'refresh', 'revocation'],
    ...['params the user gives', 'lifecycle'],
  ]
  const rows = providers.map((each) => [
    `[${each.id}](#${anchor(each.name)})`,
    each.name,
    each.protocol,
    pkce(each),
    accessTokenLifetime(each),
    refresh(each),
    revocation(each),
    paramsOf(each, 'tenant')
      .map(([name, param]) => (param.required ? `**${name}**` : name))
      .join(', '),
    lifecycle(each),
  ])
  return table(head, rows)
}

/** As GitHub makes them from headings. */
function anchor(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replaceAll(' ', '-')
}

function section(definition: ProviderDefinition): string[] {
  const { id, name, aliases = [], category, setup, quirks = [], docs, checked } = definition
  const camel = id.replace(/-([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase())
  const items = [
    ...(setup ? [`**Register** at <${setup.console}>. ${sentence(setup.register)}`] : []),
    ...(setup && definition.protocol !== 'api-key'
      ? [`**Redirect URI**: ${sentence(setup.redirectUri)}`]
      : []),
    `**Environment**: ${environment(definition)}`,
    ...scopes(definition),
    ...tokens(definition),
    ...revocationItem(definition),
    ...api(definition),
    ...history(definition),
  ]
  return [
    `## ${name}`,
    '',
    `\`import { ${camel} } from 'latchkey/providers/${id}'\` · ${definition.protocol} · ${category}${
      aliases.length > 0 ? ` · also found as ${listed(aliases.map(code))}` : ''
    }`,
    '',
    ...warning(definition),
    ...items.map((item) => `- ${item}`),
    ...params(definition),
    ...(quirks.length > 0 ? ['', 'Good to know:', '', ...quirks.map((each) => `- ${sentence(each)}`)] : []),
    '',
    `Checked ${checked}. Pages: ${docs.map((page) => `<${page}>`).join(', ')}.`,
  ]
}

function warning({ lifecycle: end }: ProviderDefinition): string[] {
  if (!end) return []
  const what = {
    closing: 'This integration is closing',
    closed: 'This integration is closed',
    legacy: 'Another way replaces this integration',
    sunset: 'A version that this integration uses ends',
  }[end.status]
  const when = end.status === 'sunset' ? `on ${end.since}` : `since ${end.since}`
  return [`> **${what}**, ${when}. ${sentence(end.note)} See <${end.source}>.`, '']
}

function scopes(definition: ProviderDefinition): string[] {
  const { protocol, authorization, link } = definition
  if (protocol === 'api-key') return []
  const oauth2 = protocol === 'oauth2' ? definition.authorization : undefined
  const more = Object.entries(oauth2?.additionalScopes ?? {}).map(
    ([token, { parameter, default: words }]) =>
      `**Scopes of the ${token} token** (\`${parameter}\`): ${words.length > 0 ? words.map(code).join(' ') : 'none unless asked for'}`,
  )
  const asked = authorization?.scopes
  const byDefault = asked?.default ?? link?.scopes.default
  if (!byDefault) return ['**Scopes**: the provider has no scope parameter', ...more]
  const always = asked?.always ?? []
  const optional = oauth2?.scopes?.optional
  return [
    `**Scopes** by default: ${byDefault.length > 0 ? byDefault.map(code).join(' ') : 'none'}${
      always.length > 0 ? `; always added: ${always.map(code).join(' ')}` : ''
    }`,
    ...(optional?.default.length
      ? [`**Optional scopes** (\`${optional.parameter}\`): ${optional.default.map(code).join(' ')}`]
      : []),
    ...more,
  ]
}

function tokens(definition: ProviderDefinition): string[] {
  const { tokenResponse, token, longLived, protocol } = definition
  if (protocol === 'api-key') return ['**Key**: lives until it is taken back at the provider.']
  const codeLifetime = protocol === 'oauth2' ? token.codeLifetime : undefined
  const extra = Object.keys(tokenResponse?.additionalTokens ?? {})
  const lives = accessTokenLifetime(definition)
  const words = [
    lives === 'no end' ? 'the access token has no end.' : `the access token lives ${lives}.`,
    ...(longLived
      ? [`A first one that lives less than ${duration(longLived.below)} is exchanged for it.`]
      : []),
    ...(definition.refresh ? refreshTokenWords(definition) : ['There is no refresh token.']),
    ...(extra.length > 0 ? [`The same answer can hold a second token: ${listed(extra.map(code))}.`] : []),
    ...(codeLifetime === undefined ? [] : [`An authorization code lives ${duration(codeLifetime)}.`]),
  ]
  return [`**Tokens**: ${words.join(' ')}`]
}

function revocationItem({ revocation: rules, protocol, name }: ProviderDefinition): string[] {
  if (!rules)
    return [
      protocol === 'api-key'
        ? `**Disconnecting** forgets the key; it is taken back at ${name}.`
        : `**Disconnecting** forgets the tokens; ${name} has no way to revoke them from outside.`,
    ]
  const what = {
    token: 'ends this token and what it was refreshed from',
    grant: "ends all of the user's grant to this client, sibling connections included",
    account: 'ends the installation, for everybody in that account',
  }[rules.ends ?? 'token']
  const shared = rules.sharedWith?.length
    ? ` The grant is shared with ${listed(rules.sharedWith.map(code))}.`
    : ''
  return [`**Disconnecting** ${what}.${shared}`]
}

function api({ api: calls }: ProviderDefinition): string[] {
  const { credential, hosts = [], notExpired, expired, ended, rateLimited } = calls
  const how =
    credential === undefined
      ? ''
      : 'header' in credential
        ? `, with ${code(`${credential.header}: ${credential.value}`)}`
        : 'basic' in credential
          ? `, with HTTP Basic ${code(`${credential.basic.username}:${credential.basic.password}`)}`
          : `, with the token as ${code(credential.json)} in the JSON body`
  const others = hosts.map((host) => code(typeof host === 'string' ? host : host.pattern))
  const signs = [
    ...(expired ? [`A token has expired also at ${signWords(expired)}.`] : []),
    ...(notExpired ? [`No refresh is tried at ${signWords(notExpired)}.`] : []),
    ...(ended ? [`The user must reconnect at ${signWords(ended)}.`] : []),
    ...(rateLimited ? [`Too many requests is said also by ${signWords(rateLimited)}.`] : []),
  ]
  const also = others.length > 0 ? ` \`client.fetch\` also goes to ${listed(others)}.` : ''
  return [`**API** at ${code(calls.baseUrl)}${how}.${also}`, ...(signs.length > 0 ? [signs.join(' ')] : [])]
}

function history({ history: first }: ProviderDefinition): string[] {
  if (!first) return []
  const { resource, method, json, time, maxMonths, maxDays } = first
  const howFar = time?.order === 'newest-first' ? 'until it is far enough back' : 'all of it'
  const verb = method ?? (json ? 'POST' : 'GET')
  const limits = [
    ...(JSON.stringify(first).includes('{since}')
      ? []
      : [`it has no time bound, so a backfill reads ${howFar}`]),
    ...(maxMonths === undefined
      ? []
      : [`the provider hands out ${maxMonths} month${maxMonths === 1 ? '' : 's'} at most`]),
    ...(maxDays === undefined
      ? []
      : [`one call answers for ${maxDays} day${maxDays === 1 ? '' : 's'} at most`]),
  ]
  return [
    `**History** begins with ${code(`${verb} ${resource}`)}${limits.map((each) => `; ${each}`).join('')}.`,
  ]
}

function params(definition: ProviderDefinition): string[] {
  const { callback, tokenResponse, discovery = [], credentials = {} } = definition
  const chosen = new Set(discovery.flatMap(({ choose }) => (choose ? [choose.param] : [])))
  const captured = new Set([
    ...Object.keys(callback?.capture ?? {}),
    ...Object.keys(tokenResponse?.capture ?? {}),
    ...discovery.flatMap(({ capture }) => Object.keys(capture ?? {})),
  ])
  const rows = (['tenant', 'trusted', 'learnt'] as const).flatMap((kind) =>
    paramsOf(definition, kind).map(([name, param]) => {
      const sources = sourcesOf(param).map((source) => (source === 'token' ? 'token response' : source))
      const given = kind === 'trusted' ? 'the client’s options (trusted)' : listed(sources, 'or')
      const notes = [
        ...(chosen.has(name) ? ['chosen where there are several'] : []),
        ...(captured.has(name) && kind !== 'learnt' && !chosen.has(name)
          ? ['captured where it is named']
          : []),
        ...(param.default === undefined ? [] : [`default ${code(param.default)}`]),
      ]
      return [
        param.required ? `**${name}**` : name,
        given,
        [prose(param.description), ...notes].join('; '),
        code(param.example),
      ]
    }),
  )
  const keys = Object.entries(credentials).map(([name, { description, example }]) => [
    `**${name}**`,
    'user, as a credential of `connect`',
    prose(description),
    code(example),
  ])
  if (rows.length + keys.length === 0) return []
  return ['', ...table(['param', 'from', 'what it is', 'example'], [...keys, ...rows])]
}
