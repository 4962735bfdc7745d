import { type ClientContext, connectionKey, inContext, speaks, templateParams } from '../context.ts'
import type { OAuthErrorCode } from '../errors/codes.ts'
import { isOAuthError, type OAuthError } from '../errors/oauth-error.ts'
import { reportError, runHook } from '../hooks.ts'
import { encodeConnectionKey } from '../stores/connection-key.ts'
import type {
  Connection,
  ConnectionKey,
  ConnectionRef,
  ConnectionTokens,
  StoredConnection,
  TokenChain,
} from '../types.ts'
import { createBackOff } from './back-off.ts'
import {
  type ConnectionBase,
  contested,
  mostSaves,
  toConnection,
  tokensOf,
  withTokens,
} from './connection-record.ts'
import { chainOf, chainsOf, isAlive, isFresh, replaceChain } from './freshness.ts'
import { refreshAttempts, requestRefresh } from './refresh-request.ts'
import { createUnsavedTokens } from './unsaved.ts'

/** What makes a refresh necessary. */
interface Reason {
  /** A token an API has just refused. */
  readonly rejected?: string | undefined
  /** Whatever the expiry says. */
  readonly force?: boolean
}

/** A record with its tokens opened. */
interface Held {
  readonly record: StoredConnection
  readonly tokens: ConnectionTokens
}

const storeAllowance = 5_000
/** What a provider's answer, or the lack of one, can say without ending the grant. */
const transient = new Set<OAuthErrorCode>([
  'timeout',
  'network',
  'provider_error',
  'rate_limited',
  'html_response',
  'malformed_response',
  'response_too_large',
  'unexpected_redirect',
])

/** Whether somebody has renewed a chain since it was read. */
function isOther(now: TokenChain | undefined, read: TokenChain): boolean {
  return now?.accessToken !== read.accessToken || now.refreshToken !== read.refreshToken
}

/** Hands out tokens that live (DESIGN §3 getAccessToken): one refresh a connection, persisted before anybody sees it. */
export function createTokenKeeper(context: ClientContext) {
  const { clock, store, coordinator, provider } = context
  const inFlight = new Map<string, Promise<Held>>()
  const backOff = createBackOff(clock)
  const unsaved = createUnsavedTokens(context)
  const chainCount = 1 + Object.keys(provider.tokenResponse?.additionalTokens ?? {}).length
  /** Outlives every attempt of every chain and the writes between them. */
  const leaseMs = chainCount * (context.timeout * refreshAttempts + storeAllowance) + storeAllowance

  async function loadRecord(key: ConnectionKey): Promise<StoredConnection> {
    const record = unsaved.get(encodeConnectionKey(key)) ?? (await store.load(key))
    if (record) return record
    throw context.fail({ code: 'connection_not_found', detail: 'this tenant has no such connection' })
  }

  async function hold(key: ConnectionKey): Promise<Held> {
    const record = await loadRecord(key)
    try {
      return { record, tokens: tokensOf(context, record) }
    } catch (error) {
      throw inContext(context, error)
    }
  }

  function isDue(chain: TokenChain, record: StoredConnection, { rejected, force }: Reason): boolean {
    if (force || chain.accessToken === rejected) return true
    return !isFresh(chain, record.refreshedAt, clock(), context.refreshSkew)
  }

  /** Callers in this process share one refresh; other processes are held off by the lease. */
  function refreshOnce(key: ConnectionKey, reason: Reason): Promise<Held> {
    const id = encodeConnectionKey(key)
    const running = inFlight.get(id)
    if (running) return running
    const started = coordinator
      .withLease(`refresh:${id}`, leaseMs, () => refreshInsideLease(key, id, reason))
      .finally(() => inFlight.delete(id))
    inFlight.set(id, started)
    return started
  }

  async function refreshInsideLease(key: ConnectionKey, id: string, reason: Reason): Promise<Held> {
    let held = await hold(key)
    if (!reason.force) assertActive(held.record)
    for (const [name] of chainsOf(held.tokens)) {
      // Looked up anew each time: the one before may have brought somebody else's newer record.
      const chain = chainOf(held.tokens, name)
      if (chain?.refreshToken === undefined || !isDue(chain, held.record, reason)) continue
      const paused = reason.force ? undefined : backOff.current(id)
      if (paused) {
        if (isAlive(chain, clock()) && chain.accessToken !== reason.rejected) continue
        throw paused
      }
      held = await refreshChain(key, id, held, name, { ...chain, refreshToken: chain.refreshToken }, reason)
    }
    return held
  }

  async function refreshChain(
    key: ConnectionKey,
    id: string,
    held: Held,
    name: string | undefined,
    chain: TokenChain & { readonly refreshToken: string },
    reason: Reason,
  ): Promise<Held> {
    if (!speaks(context, 'oauth2')) return held
    try {
      const answer = await requestRefresh(context, chain, templateParams(context, held.record), held.record)
      if (answer.dead) return await grantIsDead(key, held, name, answer.dead)
      if (answer.conflict) return await renewedByAnother(key, name, chain, answer.conflict)
      const saved = await persist(id, held, (current) => {
        const { record, tokens } = current
        if (isOther(chainOf(tokens, name), chain)) return undefined
        const params = { ...record.params, ...answer.captured }
        return {
          base: { ...record, params, status: 'active' },
          tokens: replaceChain(tokens, name, answer.chain),
        }
      })
      backOff.succeeded(id)
      const connection = toConnection(saved.record)
      await runHook(context, 'onRefreshed', () => context.hooks.onRefreshed?.({ connection }), connection)
      return saved
    } catch (error) {
      if (!isOAuthError(error)) throw error
      if (!transient.has(error.code)) throw error
      backOff.failed(id, error)
      if (!reason.force && chain.accessToken !== reason.rejected && isAlive(chain, clock())) return held
      throw error
    }
  }

  /** The provider says that somebody has just refreshed: theirs is used, if it is there already. */
  async function renewedByAnother(
    key: ConnectionKey,
    name: string | undefined,
    used: TokenChain,
    error: OAuthError,
  ): Promise<Held> {
    const now = await hold(key)
    if (isOther(chainOf(now.tokens, name), used)) return now
    throw error
  }

  /**
   * Compare-and-set on the version that was read. Where somebody else has written meanwhile, `change` is asked again
   * with what they wrote, and answers nothing where theirs is to stand: a rotated token must not be lost to a write
   * that was about something else.
   */
  async function persist(
    id: string,
    read: Held,
    change: (
      current: Held,
    ) => { readonly base: ConnectionBase; readonly tokens: ConnectionTokens } | undefined,
  ): Promise<Held> {
    let current = read
    for (let attempt = 1; attempt <= mostSaves; attempt++) {
      const changed = change(current)
      if (!changed) return current
      const record = withTokens(context, changed.base, changed.tokens)
      const expectedVersion = unsaved.expectedVersion(id) ?? current.record.version
      try {
        const saved = await store.save(record, { expectedVersion })
        unsaved.drop(id)
        if (saved) return { record, tokens: changed.tokens }
      } catch (error) {
        if (!isOAuthError(error) || error.code !== 'store_failed') throw error
        reportError(context, error, toConnection(record))
        unsaved.hold(id, record, expectedVersion)
        return { record, tokens: changed.tokens }
      }
      current = await hold(record)
    }
    throw contested(context)
  }

  /** The record is read again first: a grant that somebody has renewed meanwhile is not dead. */
  async function grantIsDead(
    key: ConnectionKey,
    held: Held,
    name: string | undefined,
    error: OAuthError,
  ): Promise<Held> {
    const now = await hold(key)
    const used = chainOf(held.tokens, name)
    if (used && isOther(chainOf(now.tokens, name), used)) return now
    if (name === undefined) throw await markDead(now.record, error)
    // One of several tokens has ended; the others are not its victims.
    reportError(context, error, toConnection(now.record))
    return persist(encodeConnectionKey(key), now, ({ record, tokens }) => {
      const current = chainOf(tokens, name)
      if (!current || (used && isOther(current, used))) return undefined
      const { refreshToken: _ended, refreshTokenExpiresAt: _end, ...rest } = current
      return { base: record, tokens: { ...tokens, additional: { ...tokens.additional, [name]: rest } } }
    })
  }

  async function markDead(record: StoredConnection, because: OAuthError | undefined): Promise<OAuthError> {
    const error = reconnectRequired(because)
    if (record.status === 'reconnect_required') return error
    const updatedAt = new Date(clock())
    const marked = {
      ...record,
      status: 'reconnect_required',
      updatedAt,
      version: record.version + 1,
    } as const
    if (await store.save(marked, { expectedVersion: record.version })) {
      const connection = toConnection(marked)
      await runHook(
        context,
        'onReconnectRequired',
        () => context.hooks.onReconnectRequired?.({ connection, error }),
        connection,
      )
    }
    return error
  }

  function reconnectRequired(because?: OAuthError): OAuthError {
    return context.fail({
      code: 'reconnect_required',
      error: because?.error,
      errorDescription: because?.errorDescription,
      status: because?.status,
      detail: 'the grant has ended, the user must connect again',
    })
  }

  function assertActive(record: StoredConnection): void {
    if (record.status === 'reconnect_required') throw reconnectRequired()
  }

  /** The token of a name, also of the first one's own; `params_invalid` where the connection has none called so. */
  function pick(tokens: ConnectionTokens, name: string | undefined): TokenChain {
    const isFirst = name === provider.tokenResponse?.tokenName && tokens.standsFor === undefined
    const chain = isFirst ? tokens : chainOf(tokens, name)
    if (chain) return chain
    throw context.fail({ code: 'params_invalid', detail: `this connection has no token called "${name}"` })
  }

  return {
    hold,
    pick,
    unsaved,
    leaseMs,

    /** For whoever has the lease already: the connection with tokens that live, as far as that can be had. */
    async renewHeld(key: ConnectionKey): Promise<StoredConnection> {
      try {
        return (await refreshInsideLease(key, encodeConnectionKey(key), {})).record
      } catch (error) {
        if (!isOAuthError(error)) throw error
        return loadRecord(key)
      }
    },

    async getAccessToken(
      ref: ConnectionRef,
      {
        rejected,
        token: name,
      }: { readonly rejected?: string | undefined; readonly token?: string | undefined } = {},
    ): Promise<string> {
      const key = connectionKey(context, ref)
      const { record, tokens } = await hold(key)
      assertActive(record)
      const chain = pick(tokens, name)
      if (!isDue(chain, record, { rejected })) return chain.accessToken
      if (chain.refreshToken === undefined) return withoutRefreshToken(record, chain, rejected)
      const joined = inFlight.has(encodeConnectionKey(key))
      const refreshed = pick((await refreshOnce(key, { rejected })).tokens, name)
      // A refresh that others had begun for another reason may have left this chain as it was.
      const isGood = refreshed.accessToken !== rejected && isAlive(refreshed, clock())
      if (isGood || !joined) return refreshed.accessToken
      return pick((await refreshOnce(key, { rejected })).tokens, name).accessToken
    },

    /** An API has said that the grant is over. It counts only against the very token that was used. */
    async grantEnded(key: ConnectionKey, used: string, because: OAuthError): Promise<void> {
      const { record, tokens } = await hold(key)
      if (tokens.accessToken === used) await markDead(record, because)
      // One of several tokens has ended; the others are not its victims.
      else if (chainsOf(tokens).some(([, { accessToken }]) => accessToken === used))
        reportError(context, because, toConnection(record))
    },

    /** Unconditional (RFC 6749 §6). Also the way out of `reconnect_required` when the provider takes the grant again. */
    async refresh(ref: ConnectionRef): Promise<Connection> {
      const key = connectionKey(context, ref)
      const { tokens } = await hold(key)
      if (!chainsOf(tokens).some(([, chain]) => chain.refreshToken !== undefined))
        throw context.fail({ code: 'refresh_unsupported', detail: 'this connection has no refresh token' })
      return toConnection((await refreshOnce(key, { force: true })).record)
    },
  }

  async function withoutRefreshToken(
    record: StoredConnection,
    chain: TokenChain,
    rejected: string | undefined,
  ): Promise<string> {
    if (chain.accessToken === rejected)
      throw context.fail({
        code: 'refresh_unsupported',
        detail: 'the token was refused and this connection has no refresh token',
      })
    if (isAlive(chain, clock())) return chain.accessToken
    throw await markDead(record, undefined)
  }
}

export type TokenKeeper = ReturnType<typeof createTokenKeeper>
