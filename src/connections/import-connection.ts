import type { ImportedChain, ImportInput, ImportResult } from '../client-types.ts'
import { type ClientContext, speaks } from '../context.ts'
import { checkTrustedParams, type Params } from '../provider/params.ts'
import { matchesPattern, resolveValue } from '../provider/template.ts'
import { contested, mostSaves, toConnection, withTokens } from '../tokens/connection-record.ts'
import { findRecord } from '../tokens/held.ts'
import { accessTokenEnd, refreshTokenEnd } from '../tokens/lifetimes.ts'
import type { Connection, ConnectionKey, ConnectionTokens, StoredConnection, TokenChain } from '../types.ts'

const century = 100 * 366 * 86_400_000
/** ms by which another machine's clock may be ahead of ours. */
const clockSkew = 5 * 60_000
/** Nothing of OAuth is older: such a date is one of seconds that were taken for milliseconds. */
const tooEarly = Date.UTC(2000, 0, 1)
const mostWords = 500

/**
 * Writes a connection that was made elsewhere, where there is none yet. One that is there is never touched, so that an
 * import can be run again, and late, after users have connected themselves.
 */
export async function importConnection(
  context: ClientContext,
  { key, userId }: { readonly key: ConnectionKey; readonly userId: string | undefined },
  input: ImportInput,
): Promise<ImportResult> {
  const record = importedRecord(context, key, userId, input)
  for (let attempt = 1; attempt <= mostSaves; attempt++) {
    if (await context.store.save(record, { expectedVersion: null }))
      return { connection: toConnection(record), imported: true }
    const existing = await findRecord(context, key)
    if (existing) return { connection: toConnection(existing), imported: false }
  }
  throw contested(context)
}

/** When the tokens were obtained, as far as that is known. */
interface Times {
  readonly connectedAt: Date
  readonly refreshedAt: Date
}

function importedRecord(
  context: ClientContext,
  key: ConnectionKey,
  userId: string | undefined,
  input: ImportInput,
): StoredConnection {
  const { status = 'active' } = input
  if (status !== 'active' && status !== 'reconnect_required')
    throw invalid(context, 'status must be "active" or "reconnect_required"')
  const times = readTimes(context, input)
  const tokens = readTokens(context, input, times)
  const params = readParams(context, input.params ?? {}, status)
  const account = readAccount(context, input.account)
  const base = {
    ...key,
    ...(userId !== undefined && { userId }),
    status,
    ...(account && { account }),
    params,
    createdAt: times.connectedAt,
    connectedAt: times.connectedAt,
    version: 0,
  }
  return { ...withTokens(context, base, tokens), refreshedAt: times.refreshedAt }
}

function readTimes(context: ClientContext, input: ImportInput): Times {
  const now = context.clock()
  const read = (name: 'connectedAt' | 'refreshedAt'): Date | undefined => {
    const date = readDate(context, name, input[name])
    if (date && date.getTime() > now + clockSkew)
      throw invalid(context, `${name} lies in the future: is it in another time zone?`)
    // What lies ahead of the clock would keep the connection from being renewed until then.
    return date && new Date(Math.min(date.getTime(), now))
  }
  const [connectedAt, refreshedAt] = [read('connectedAt'), read('refreshedAt')]
  return {
    connectedAt: connectedAt ?? refreshedAt ?? new Date(now),
    refreshedAt: refreshedAt ?? connectedAt ?? new Date(now),
  }
}

function readTokens(context: ClientContext, { tokens, scopes }: ImportInput, times: Times): ConnectionTokens {
  // Often out of a table or a file, where no type holds.
  if (typeof tokens !== 'object' || tokens === null) throw invalid(context, 'tokens are missing')
  const names = Object.keys(context.provider.tokenResponse?.additionalTokens ?? {})
  const additional: Record<string, TokenChain> = {}
  for (const [name, given] of Object.entries(tokens.additional ?? {})) {
    if (!names.includes(name)) throw invalid(context, `tokens.additional: ${unknownName(name, names)}`)
    additional[name] = readChain(context, `tokens.additional.${name}`, given, times)
  }
  const { standsFor } = tokens
  if (standsFor !== undefined && !names.includes(standsFor))
    throw invalid(context, `tokens.standsFor: ${unknownName(standsFor, names)}`)
  return {
    ...readChain(context, 'tokens', scopes === undefined ? tokens : { ...tokens, scopes }, times),
    ...(standsFor !== undefined && { standsFor }),
    ...(Object.keys(additional).length > 0 && { additional }),
  }
}

function unknownName(name: unknown, names: readonly string[]): string {
  const known = names.length > 0 ? `it has ${names.map((each) => `"${each}"`).join(', ')}` : 'it has no other'
  return `the provider has no token called "${String(name).slice(0, 60)}"; ${known}`
}

function readChain(context: ClientContext, at: string, given: ImportedChain, times: Times): TokenChain {
  if (typeof given !== 'object' || given === null) throw invalid(context, `${at} must be an object`)
  const { provider } = context
  const accessToken = readToken(context, `${at}.accessToken`, given.accessToken)
  const refreshToken = readToken(context, `${at}.refreshToken`, given.refreshToken)
  const tokenSecret = readToken(context, `${at}.tokenSecret`, given.tokenSecret)
  const isSigned = provider.protocol === 'oauth1'
  if (isSigned !== (tokenSecret !== undefined))
    throw invalid(
      context,
      isSigned ? `${at}.tokenSecret is missing` : `${at}.tokenSecret is for OAuth 1.0a alone`,
    )
  // Kept, it would be asked with in vain at every use.
  if (refreshToken !== undefined && !provider.refresh)
    throw invalid(context, `${at}.refreshToken: this provider has no refresh; leave it out`)
  if (accessToken === undefined && refreshToken === undefined)
    throw invalid(context, `${at} needs an accessToken${provider.refresh ? ' or a refreshToken' : ''}`)
  if (accessToken !== undefined) checkKey(context, accessToken)
  // Shorter values are found in ordinary words.
  const secrets = [accessToken, refreshToken, tokenSecret].filter(
    (each) => each !== undefined && each.length > 3,
  )
  const tokenType = given.tokenType ?? usualType(context)
  if (typeof tokenType !== 'string' || !/^[\x21-\x7e]+$/.test(tokenType) || holds(secrets, tokenType))
    throw invalid(context, `${at}.tokenType is not one`)
  const { connectedAt, refreshedAt } = times
  const obtainedAt = refreshedAt.getTime()
  // Without an access token there is nothing that could still be used: the next use refreshes.
  const expiresAt =
    accessToken === undefined
      ? new Date(context.clock())
      : (readDate(context, `${at}.expiresAt`, given.expiresAt) ??
        accessTokenEnd(provider, {}, {}, obtainedAt))
  const renews = { connectedAt, refreshedAt, end: undefined }
  const refreshTokenExpiresAt =
    readDate(context, `${at}.refreshTokenExpiresAt`, given.refreshTokenExpiresAt) ??
    (refreshToken === undefined ? undefined : refreshTokenEnd(provider, {}, {}, { now: obtainedAt, renews }))
  return {
    accessToken: accessToken ?? '',
    scopes: readScopes(context, `${at}.scopes`, given.scopes ?? [], secrets),
    tokenType,
    ...(refreshToken !== undefined && { refreshToken }),
    ...(expiresAt && { expiresAt }),
    ...(refreshTokenExpiresAt && { refreshTokenExpiresAt }),
    ...(tokenSecret !== undefined && { tokenSecret }),
  }
}

/** RFC 6749 §A.12 and §A.17: visible ASCII, as from a token endpoint. */
function readToken(context: ClientContext, at: string, value: unknown): string | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'string' && /^[\x20-\x7e]+$/.test(value) && value === value.trim()) return value
  const why = value === '' ? 'is empty: leave it out where there is none' : 'is not a usable string'
  throw invalid(context, `${at} ${why}`)
}

/** A key must look as `connect` wants it, whoever has kept it. */
function checkKey(context: ClientContext, key: string): void {
  if (!speaks(context, 'api-key')) return
  const declared = Object.values(context.provider.credentials)[0]
  if (declared && !matchesPattern(declared.pattern, key))
    throw invalid(context, `tokens.accessToken is not valid: ${declared.description}`)
}

function usualType({ provider }: ClientContext): string {
  if (provider.protocol === 'oauth1') return 'OAuth'
  return provider.protocol === 'api-key' ? 'api-key' : 'Bearer'
}

/** RFC 6749 §3.3. They are kept in clear. */
function readScopes(
  context: ClientContext,
  at: string,
  scopes: unknown,
  secrets: readonly (string | undefined)[],
): readonly string[] {
  if (!Array.isArray(scopes)) throw invalid(context, `${at} must be a list`)
  return scopes.map((scope: unknown) => {
    if (typeof scope === 'string' && /^[\x21-\x2b\x2d-\x7e]+$/.test(scope) && !holds(secrets, scope))
      return scope
    throw invalid(context, `${at} must hold one scope an entry, without spaces and commas`)
  })
}

function holds(secrets: readonly (string | undefined)[], text: string): boolean {
  return secrets.some((secret) => secret !== undefined && text.includes(secret))
}

function readDate(context: ClientContext, at: string, value: unknown): Date | undefined {
  if (value === undefined) return undefined
  if (!(value instanceof Date) || Number.isNaN(value.getTime()))
    throw invalid(context, `${at} must be a valid Date, or absent`)
  const time = value.getTime()
  if (time < tooEarly) throw invalid(context, `${at} lies before 2000: were seconds taken for milliseconds?`)
  if (time > context.clock() + century)
    throw invalid(context, `${at} lies more than a century ahead: leave it out where there is no end`)
  return value
}

/** Whatever the definition declares, captured on the way or given by a user: here the application speaks for both. */
function readParams(context: ClientContext, given: Params, status: Connection['status']): Params {
  const { provider, fixedParams } = context
  const own = checkTrustedParams(provider, given)
  for (const [name, value] of Object.entries(own)) {
    if (fixedParams[name] === value) continue
    // It decides where secrets are sent, and an old table may hold what a tenant has written.
    if (Object.hasOwn(fixedParams, name) || provider.params?.[name]?.trusted)
      throw invalid(context, `param "${name}" can only be set in the client's options`)
  }
  const params = { ...own, ...fixedParams }
  // A dead connection is connected again, which learns them anew.
  const missing = status === 'active' ? missingParams(context, params) : []
  if (missing.length > 0) {
    const known = (name: string) => {
      const param = provider.params?.[name]
      return param ? `"${name}" (${param.description}, for example "${param.example}")` : `"${name}"`
    }
    throw invalid(context, `params are missing: ${missing.map(known).join(', ')}`)
  }
  return params
}

/** What no flow begins without, and what the API or a refresh cannot be reached without. */
function missingParams({ provider }: ClientContext, params: Params): string[] {
  const { params: declared = {}, derived = {}, api, token, refresh, callback } = provider
  const missing = new Set<string>()
  for (const [name, param] of Object.entries(declared)) if (param.required) missing.add(name)
  for (const [name, { required }] of Object.entries(callback?.capture ?? {})) if (required) missing.add(name)
  const urls = [
    api.baseUrl,
    ...Object.values(api.headers ?? {}),
    token?.url,
    refresh ? refresh.url : undefined,
  ]
  for (const [, name = ''] of urls.join(' ').matchAll(/\{(\w+)\}/g)) {
    const behind = Object.hasOwn(derived, name) ? derived[name]?.from : name
    if (behind !== undefined && Object.hasOwn(declared, behind)) missing.add(behind)
  }
  return [...missing].filter(
    (name) => resolveValue(provider, name, params, (_name, value) => value) === undefined,
  )
}

/** Kept in clear, and shown on settings pages. */
function readAccount(context: ClientContext, account: ImportInput['account']): Connection['account'] {
  if (account === undefined) return undefined
  if (typeof account !== 'object' || account === null) throw invalid(context, 'account must be { id, name? }')
  const read = (at: string, value: unknown): string => {
    const isWords = typeof value === 'string' && value.trim() !== '' && value.length <= mostWords
    if (isWords && !/\p{Cc}/u.test(value)) return value
    throw invalid(context, `${at} must be words of at most ${mostWords} characters`)
  }
  const { name } = account
  return {
    id: read('account.id', account.id),
    ...(name !== undefined && { name: read('account.name', name) }),
  }
}

function invalid(context: ClientContext, detail: string) {
  const hint = 'Correct the value that the message names, and import this connection again.'
  return context.fail({ code: 'params_invalid', detail, hint })
}
