import { type ClientContext, checkId, connectionKey, inContext, templateParams } from './context.ts'
import { isOAuthError, type OAuthError } from './errors/oauth-error.ts'
import { reportError, runHook } from './hooks.ts'
import { createApiFetch } from './http/api-fetch.ts'
import { resolveOptions } from './options.ts'
import { authorizationUrl } from './protocols/authorization-url.ts'
import {
  captureFromCallback,
  checkIssuer,
  checkMatches,
  checkShape,
  checkSignature,
  readDenial,
} from './protocols/callback-checks.ts'
import { readCallbackInput } from './protocols/callback-input.ts'
import { type Flow, openFlow, sealFlow } from './protocols/flow.ts'
import type { ProviderDefinition } from './provider/definition.ts'
import { checkTenantParams, type Params } from './provider/params.ts'
import { readText } from './provider/path.ts'
import { stateLifetime } from './state/oauth-state.ts'
import { assertRedirectPath } from './state/redirect-path.ts'
import { encodeConnectionKey } from './stores/connection-key.ts'
import { triggerHistoricalSyncOnConnection } from './sync/historical-sync.ts'
import { toConnection, tokensOf } from './tokens/connection-record.ts'
import { chainsOf } from './tokens/freshness.ts'
import { captureFromTokenResponse, discoverParams, readAccount } from './tokens/learn-account.ts'
import { persistConnection } from './tokens/persist-connection.ts'
import { revokeTokens } from './tokens/revoke.ts'
import { createTokenKeeper, type TokenKeeper } from './tokens/token-keeper.ts'
import { buildExchangeRequest } from './tokens/token-request.ts'
import { readTokenResponse } from './tokens/token-response.ts'
import type {
  AuthorizeInput,
  CallbackResult,
  Connection,
  ConnectionKey,
  DisconnectResult,
  OAuthClient,
  OAuthClientOptions,
  StoredConnection,
  SyncOutcome,
} from './types.ts'

/** A claimed nonce is remembered longer than its state can be opened. */
const claimLifetime = stateLifetime + 120_000

/**
 * A client for one integration. Everything not given comes from the environment; what is missing is named in one
 * `config_invalid`. Nothing is loaded, opened or sent before the first call that needs it.
 */
export function createOAuthClient<const P extends ProviderDefinition>(
  provider: P,
  options: OAuthClientOptions = {},
): OAuthClient<P> {
  const { context, ownedStore } = resolveOptions(provider, options)
  const keeper = createTokenKeeper(context)
  const apiFetch = createApiFetch(context, keeper)
  /** Errors of stores and coordinators do not know whose they are. */
  const named = async <T>(run: () => Promise<T>): Promise<T> => {
    try {
      return await run()
    } catch (error) {
      throw inContext(context, error)
    }
  }

  return {
    provider,
    redirectUri: context.redirectUri,

    async authorize(input: AuthorizeInput<P>) {
      const given: Readonly<Record<string, string | undefined>> = input.params ?? {}
      const params = checkTenantParams(provider, given, context.fixedParams)
      const flow = {
        key: connectionKey(context, input),
        userId: input.userId === undefined ? undefined : checkId(context, 'userId', input.userId),
        redirectPath: assertRedirectPath(input.redirectPath ?? '/', provider.id, provider.name),
        params,
        scopes: input.scopes ?? context.scopes,
      }
      const { state, codeVerifier, expiresAt } = sealFlow(context, flow, input.binding)
      const values = { ...params, ...context.fixedParams }
      return {
        url: authorizationUrl(context, { state, params: values, scopes: flow.scopes, codeVerifier }),
        state,
        expiresAt,
      }
    },

    async callback(input, { binding, expect } = {}) {
      const query = await readCallbackInput(context, input)
      const flow = openFlow(context, query.get('state'), binding, expect)
      try {
        return await finishFlow(context, query, flow)
      } catch (error) {
        throw inContext(context, error, flow.redirectPath)
      }
    },

    getAccessToken: (ref, asked) => named(() => keeper.getAccessToken(ref, asked)),

    getConnection: (ref) =>
      named(async () => {
        const key = connectionKey(context, ref)
        const record = keeper.unsaved.get(encodeConnectionKey(key)) ?? (await context.store.load(key))
        return record && toConnection(record)
      }),

    getTokens: (ref) => named(async () => (await keeper.hold(connectionKey(context, ref))).tokens),

    async *list(filter = {}) {
      try {
        for await (const record of context.store.list({ ...filter, provider: provider.id }))
          yield toConnection(record)
      } catch (error) {
        throw inContext(context, error)
      }
    },

    refresh: (ref) => named(() => keeper.refresh(ref)),

    fetch: (ref, input, init) => named(() => apiFetch(ref, input, init)),

    disconnect: (ref) => named(() => disconnect(context, keeper, connectionKey(context, ref))),

    async close() {
      await keeper.unsaved.flush()
      await ownedStore?.close?.()
    },
  }
}

/** In the lease of refreshes, so that none can bring back what is being taken away. */
function disconnect(
  context: ClientContext,
  keeper: TokenKeeper,
  key: ConnectionKey,
): Promise<DisconnectResult> {
  const id = encodeConnectionKey(key)
  return context.coordinator.withLease(`refresh:${id}`, keeper.leaseMs, async () => {
    const record = keeper.unsaved.get(id) ?? (await loadOrRemoveDamaged(context, key))
    if (!record) return { revoked: false }
    if (isOAuthError(record)) return { revoked: false, error: record }
    const result = await revoke(context, () =>
      revokeTokens(context, tokensOf(context, record), templateParams(context, record)),
    )
    keeper.unsaved.drop(id)
    await context.store.remove(key)
    const connection = toConnection(record)
    const { revoked } = result
    await runHook(
      context,
      'onDisconnected',
      () => context.hooks.onDisconnected?.({ connection, revoked }),
      connection,
    )
    return result
  })
}

/** Steps 2 to 10 of a callback (DESIGN §3): judge, claim, exchange, learn, persist, start the sync. */
async function finishFlow(
  context: ClientContext,
  query: URLSearchParams,
  flow: Flow,
): Promise<CallbackResult> {
  const { provider } = context
  const asked = { ...flow.params, ...context.fixedParams }
  checkShape(context, query)
  checkIssuer(context, query, asked)
  const denial = readDenial(context, query)
  const code = query.get('code')
  let named: Params = asked
  if (!denial) {
    checkMatches(context, query, asked)
    await checkSignature(context, query)
    if (!code)
      throw context.fail({ code: 'callback_invalid', detail: 'the callback has neither a code nor an error' })
    named = { ...flow.params, ...captureFromCallback(context, query), ...context.fixedParams }
  }
  if (!(await context.coordinator.claim(`state:${flow.nonce}`, claimLifetime)))
    throw context.fail({ code: 'state_replayed', detail: 'this callback has been used before' })
  if (denial) throw denial

  const { tokens, body, secrets } = await exchange(context, flow, named, code ?? '')
  const answered = { ...named, ...captureFromTokenResponse(provider, body), ...context.fixedParams }
  const discovered = await discoverParams(context, { params: answered, tokens, secrets })
  const params: Params = { ...answered, ...discovered, ...context.fixedParams }
  const account = await readAccount(context, { params, tokens, secrets }, body)

  const { key, userId, redirectPath } = flow
  const { connection, reconnected } = await persistConnection(context, {
    key,
    userId,
    tokens,
    params,
    account,
  })
  await runHook(
    context,
    'onConnected',
    () => context.hooks.onConnected?.({ connection, reconnected }),
    connection,
  )
  const sync = await startSync(context, connection)
  return { connection, redirectPath, ...(userId !== undefined && { userId }), sync }
}

async function exchange(context: ClientContext, flow: Flow, params: Params, code: string) {
  const client = await context.credentials()
  const { codeVerifier } = flow
  const grant = { code, redirectUri: context.redirectUri, codeVerifier }
  const response = await context.send(buildExchangeRequest(context.provider, client, grant, params))
  const secrets = [code, client.clientSecret, codeVerifier]
  const reading = { now: context.clock(), secrets, requestedScopes: flow.scopes }
  const { tokens, body } = readTokenResponse(context.provider, response, reading)
  const received = chainsOf(tokens).flatMap(([, chain]) => [chain.accessToken, chain.refreshToken])
  return { tokens, body, secrets: [...secrets, ...received, readText(body, 'id_token')] }
}

async function startSync(context: ClientContext, connection: Connection): Promise<SyncOutcome> {
  const outcome = await triggerHistoricalSyncOnConnection({
    connection,
    sync: context.sync,
    maxMonths: context.provider.history?.maxMonths,
    timeout: context.timeout,
  })
  if (outcome.status === 'failed') reportError(context, outcome.error, connection)
  return outcome
}

/** A record that cannot even be parsed goes too: nothing else could be done with it. */
async function loadOrRemoveDamaged(
  context: ClientContext,
  key: ConnectionKey,
): Promise<StoredConnection | OAuthError | undefined> {
  try {
    return await context.store.load(key)
  } catch (error) {
    if (!isOAuthError(error) || error.code !== 'record_unreadable') throw error
    await context.store.remove(key)
    return error
  }
}

/** A record whose tokens cannot be opened is removed all the same; that it was not revoked is told. */
async function revoke(
  context: ClientContext,
  run: () => Promise<{ readonly revoked: boolean; readonly error?: OAuthError }>,
): Promise<DisconnectResult> {
  try {
    return await run()
  } catch (error) {
    const known = inContext(context, error)
    if (!isOAuthError(known)) throw known
    return { revoked: false, error: known }
  }
}
