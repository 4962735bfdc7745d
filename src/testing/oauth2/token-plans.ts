import type { OAuth2Definition, TokenRequestDefinition } from '../../provider/definition.ts'

export type TokenRequestKind = 'exchange' | 'refresh' | 'long-lived'

/** What a request of one kind must look like: fields that a refresh or second exchange does not have are the exchange's. */
export function planOf(
  definition: OAuth2Definition,
  kind: TokenRequestKind | undefined,
): TokenRequestDefinition {
  const { token, refresh, longLived } = definition
  const own = (kind === 'refresh' && refresh) || (kind === 'long-lived' && longLived)
  if (!own) return token
  const { params: _params, sendGrantType: _grant, sendRedirectUri: _redirect, ...shared } = token
  const given = Object.entries(own).filter(([, value]) => value !== undefined)
  return { ...shared, ...Object.fromEntries(given) }
}

/** Which of the three a request is, by what it says and, where it says nothing, by what it brings. */
export function tokenRequestKind(
  { longLived }: OAuth2Definition,
  params: Readonly<Record<string, unknown>>,
): TokenRequestKind | undefined {
  if (longLived && params[longLived.parameter] !== undefined) return 'long-lived'
  const type = params.grant_type
  if (type === 'authorization_code') return 'exchange'
  if (type === 'refresh_token') return 'refresh'
  if (type !== undefined) return undefined
  if (params.code !== undefined) return 'exchange'
  return params.refresh_token === undefined ? undefined : 'refresh'
}

/** The token endpoints, each with the kinds it takes. */
export function tokenEndpoints(definition: OAuth2Definition): {
  readonly url: string
  readonly methods: readonly string[]
  readonly takes: readonly TokenRequestKind[]
}[] {
  const { token, refresh, longLived } = definition
  const kinds: TokenRequestKind[] = ['exchange']
  if (refresh) kinds.push('refresh')
  if (longLived) kinds.push('long-lived')
  const urlOf = (kind: TokenRequestKind) => planOf(definition, kind).url
  return [...new Set([token.url, ...kinds.map(urlOf)])].map((url) => {
    const takes = kinds.filter((kind) => urlOf(kind) === url)
    return {
      url,
      takes,
      methods: [...new Set(takes.map((kind) => planOf(definition, kind).method ?? 'POST'))],
    }
  })
}
