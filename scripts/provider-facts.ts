import type { ParamDefinition, ProviderDefinition, Sign } from '../src/provider/definition.ts'
import { code, duration, listed } from './words.ts'

/** What the documentation says about a definition, as short phrases. Both the table and the sections are made of them. */

export function pkce({ protocol, authorization }: ProviderDefinition): string {
  if (protocol !== 'oauth2') return '—'
  return { required: 'required', supported: 'yes', unsupported: 'no' }[authorization?.pkce ?? 'supported']
}

export function accessTokenLifetime({ protocol, tokenResponse, longLived }: ProviderDefinition): string {
  if (protocol === 'api-key') return 'no end'
  const { lifetime, defaultExpiresIn } = tokenResponse ?? {}
  const seconds = lifetime ?? defaultExpiresIn
  if (seconds === false) return 'no end'
  if (seconds === undefined) return 'as the answer says'
  return duration(seconds) + (longLived ? ' (long-lived)' : '')
}

export function refresh({ protocol, refresh: rules }: ProviderDefinition): string {
  if (protocol !== 'oauth2' || !rules) return 'no'
  return { true: 'yes, rotates', false: 'yes', sometimes: 'yes, may rotate' }[String(rules.rotates)] ?? 'yes'
}

export function revocation({ revocation: rules }: ProviderDefinition): string {
  if (!rules) return 'no'
  return { token: 'yes', grant: 'yes, the whole grant', account: 'yes, for everybody' }[rules.ends ?? 'token']
}

export function lifecycle({ lifecycle: end }: ProviderDefinition): string {
  if (!end) return ''
  return end.status === 'sunset' ? `a version ends ${end.since}` : `${end.status} since ${end.since}`
}

export function sourcesOf(param: ParamDefinition): readonly string[] {
  return [param.from ?? 'user'].flat()
}

/** Params by who gives them. */
export function paramsOf(definition: ProviderDefinition, kind: 'tenant' | 'trusted' | 'learnt') {
  return Object.entries(definition.params ?? {}).filter(([, param]) => {
    if (param.trusted) return kind === 'trusted'
    return sourcesOf(param).includes('user') ? kind === 'tenant' : kind === 'learnt'
  })
}

export function environment({ id, protocol, token }: ProviderDefinition): string {
  const prefix = id.toUpperCase().replaceAll('-', '_')
  const redirect = `the redirect URI is \`\${LATCHKEY_BASE_URL}/oauth/${id}/callback\` unless \`redirectUri\` is given`
  if (protocol === 'api-key') return 'none: the user brings the key, and `connect` takes it.'
  const isPublic = protocol === 'oauth2' && token.authentication === 'none'
  const names = [`${prefix}_CLIENT_ID`, ...(isPublic ? [] : [`${prefix}_CLIENT_SECRET`])]
  return `${listed(names.map(code))}; ${redirect}.`
}

/** How many seconds a refresh token lives, and what becomes of one that comes twice. */
export function refreshTokenWords({ refresh: rules }: ProviderDefinition): readonly string[] {
  if (!rules) return []
  const { lifetime, reuse, endsAccessToken, rotates } = rules
  const ends = [
    ...(lifetime?.idle === undefined ? [] : [`after ${duration(lifetime.idle)} unused`]),
    ...(lifetime?.absolute === undefined ? [] : [`${duration(lifetime.absolute)} after the user connected`]),
  ]
  const kept = reuse?.grace === undefined ? undefined : `for ${duration(reuse.grace)}`
  const until = reuse?.until === 'replacement-used' ? 'until the new one is first used' : undefined
  return [
    rotates === true
      ? 'Each refresh gives a new refresh token.'
      : rotates === 'sometimes'
        ? 'A refresh may give a new refresh token.'
        : 'The refresh token stays the same.',
    ...(ends.length > 0 ? [`It ends ${listed(ends, 'or')}.`] : []),
    ...(kept || until
      ? [
          `A used one is still taken ${listed(
            [kept, until].filter((each) => each !== undefined),
            'or',
          )}.`,
        ]
      : []),
    ...(reuse?.late === 'ends-grant' ? ['Using an old one again later ends the whole grant.'] : []),
    ...(endsAccessToken ? ['The old access token ends with the refresh, at once.'] : []),
  ]
}

/** What an answer looks like that means something, in a few words. */
export function signWords(signs: readonly Sign[]): string {
  return listed(
    signs.map((sign) => {
      const { status, at, values, contains, header } = sign
      const [first = ''] = at === undefined ? [] : [at].flat()
      const where = first === '' ? '' : ` at ${code(first)}`
      const parts = [
        ...(status === undefined ? [] : [`HTTP ${status}`]),
        ...(values ? [listed(values.map(code), 'or') + where] : []),
        ...(contains === undefined ? [] : [`the words ${code(contains)}${values ? '' : where}`]),
        ...(header ? [`the header ${code(`${header.name}: ${header.value}`)}`] : []),
      ]
      return parts.join(' with ')
    }),
    'or',
  )
}
