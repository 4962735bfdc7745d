import type {
  AuthorizeInput,
  AuthorizeResult,
  CallbackOptions,
  CallbackResult,
  ConnectInput,
  ConnectResult,
  OAuthClient,
} from './client-types.ts'
import { chooseParams } from './connections/choose-params.ts'
import { disconnect } from './connections/disconnect.ts'
import { establish } from './connections/establish.ts'
import { importConnection } from './connections/import-connection.ts'
import { type ClientContext, checkId, connectionKey, inContext, speaks } from './context.ts'
import { type ConnectionMessage, tracedConnection } from './diagnostics.ts'
import { isOAuthError } from './errors/oauth-error.ts'
import { createApiFetch } from './http/api-fetch.ts'
import { openContext } from './open-context.ts'
import type { Configuration } from './options.ts'
import { proveKey } from './protocols/api-key.ts'
import { readCallbackInput } from './protocols/callback-input.ts'
import { type Flow, openFlow } from './protocols/flow.ts'
import { protocolOf } from './protocols/protocols.ts'
import type { ProviderDefinition } from './provider/definition.ts'
import { checkTenantParams, withFixed } from './provider/params.ts'
import { requestedScopes } from './provider/scopes.ts'
import { stateLifetime } from './state/oauth-state.ts'
import { assertRedirectPath } from './state/redirect-path.ts'
import { toConnection, tokensOf } from './tokens/connection-record.ts'
import { findRecord, hold } from './tokens/held.ts'
import { refreshExpiring } from './tokens/refresh-expiring.ts'
import { reseal } from './tokens/reseal.ts'
import { createTokenKeeper } from './tokens/token-keeper.ts'
import type { ConnectionKey, ConnectionRef, ConnectionTokens, OAuthClientOptions } from './types.ts'

/** A claimed nonce is remembered longer than its state can be opened. */
const claimLifetime = stateLifetime + 120_000
/** ms that `close` waits for refreshes, and tries to save what is unsaved: less than a deployment gives a process. */
const closeAllowance = 10_000

/** What `createOAuthClient` does once its options are checked, loaded with the first call (DESIGN §10). */
export function openClient(
  provider: ProviderDefinition,
  options: OAuthClientOptions,
  configuration: Configuration,
): FlowClient {
  const context = openContext(provider, options, configuration)
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

    async authorize(input) {
      const params = checkTenantParams(provider, input.params ?? {}, context.fixedParams)
      const { key, userId } = ownerOf(context, input)
      const redirectPath = assertRedirectPath(input.redirectPath ?? '/', provider.id, provider.name)
      const known = withFixed(params, context.fixedParams)
      const scopes = requestedScopes(provider, input.scopes ?? context.scopes, known)
      const draft = { key, userId, redirectPath, params, scopes, binding: input.binding }
      return named(() => protocolOf(context).begin(draft, () => existingTokens(context, key)))
    },

    async callback(input, { binding, state, expect } = {}) {
      protocolOf(context)
      const query = await readCallbackInput(context, input)
      const flow = openFlow(context, query.get('state'), { carriedState: state, binding, expect })
      try {
        return await tracedConnection(
          flow.key,
          'connect',
          () => finishFlow(context, query, flow),
          howConnected,
        )
      } catch (error) {
        throw inContext(context, error, flow.redirectPath)
      }
    },

    connect: (input) =>
      named(async () => {
        const owner = ownerOf(context, input)
        const given = checkTenantParams(provider, input.params ?? {}, context.fixedParams)
        const known = { ...given, ...context.fixedParams }
        if (!speaks(context, 'api-key'))
          throw context.fail({
            code: 'config_invalid',
            detail: 'users are sent to this provider: call authorize',
          })
        const connect = async () =>
          establish(context, owner, await proveKey(context, input.credentials, known), known)
        return tracedConnection(owner.key, 'connect', connect, howConnected)
      }),

    getAccessToken: (ref, asked) => named(() => keeper.getAccessToken(ref, asked)),

    getConnection: (ref) =>
      named(async () => {
        const record = await findRecord(context, connectionKey(context, ref))
        return record && toConnection(record)
      }),

    getTokens: (ref) => named(async () => (await hold(context, connectionKey(context, ref))).tokens),

    async *list(filter = {}) {
      try {
        for await (const record of context.store.list({ ...filter, provider: provider.id }))
          yield toConnection(record)
      } catch (error) {
        throw inContext(context, error)
      }
    },

    choose: (ref, params) => named(() => chooseParams(context, connectionKey(context, ref), params)),

    refresh: (ref) => named(() => keeper.refresh(ref)),

    fetch: (ref, input, init) => named(() => apiFetch(ref, input, init)),

    disconnect: (ref, asked) =>
      named(async () => {
        const key = connectionKey(context, ref)
        const end = () => disconnect(context, keeper, key, asked)
        return tracedConnection(key, 'disconnect', end, ({ revoked }) => ({ revoked }))
      }),

    importConnection: (input) => named(() => importConnection(context, ownerOf(context, input), input)),

    refreshExpiring: (asked) => named(() => refreshExpiring(context, keeper, asked)),

    reseal: (asked) => named(() => reseal(context, asked)),

    close: () =>
      named(async () => {
        const lost = await keeper.settle(closeAllowance)
        // What the application gave stays open.
        if (options.store === undefined) await configuration.store.close?.()
        if (lost > 0)
          throw context.fail({
            code: 'store_failed',
            detail: `the refreshed tokens of ${lost} connection${lost > 1 ? 's' : ''} could not be stored`,
            hint: 'Where the provider rotates refresh tokens, these users must connect again.',
          })
      }),
  }
}

/** What a client can do whatever its protocol; the types show only what fits (`OAuthClient<P>`). */
export type FlowClient = Omit<OAuthClient, 'authorize' | 'callback'> & {
  authorize(input: AuthorizeInput<ProviderDefinition>): Promise<AuthorizeResult>
  callback(
    input: Request | URL | string | URLSearchParams,
    options?: CallbackOptions,
  ): Promise<CallbackResult>
  connect(input: ConnectInput<ProviderDefinition>): Promise<ConnectResult>
}

/** Whose connection it will be. Throws `params_invalid` for an id that is none. */
function ownerOf(context: ClientContext, input: ConnectionRef & { readonly userId?: string | undefined }) {
  const { userId } = input
  return {
    key: connectionKey(context, input),
    userId: userId === undefined ? undefined : checkId(context, 'userId', userId),
  }
}

/** In a diagnostics message: whether there was such a connection before. */
function howConnected({ connection }: ConnectResult): Pick<ConnectionMessage, 'operation'> {
  const isFirst = connection.createdAt.getTime() === connection.connectedAt.getTime()
  return { operation: isFirst ? 'connect' : 'reconnect' }
}

/** Steps 2 to 10 of a callback (DESIGN §3): judge, claim, exchange, then all that follows a grant. */
async function finishFlow(
  context: ClientContext,
  query: URLSearchParams,
  flow: Flow,
): Promise<CallbackResult> {
  const protocol = protocolOf(context)
  const { denial, params } = await protocol.judge(query, flow)
  if (!(await context.coordinator.claim(`state:${flow.nonce}`, claimLifetime)))
    throw context.fail({ code: 'state_replayed', detail: 'this callback has been used before' })
  if (denial) throw denial
  const { key, userId, redirectPath } = flow
  const granted = await protocol.exchange(query, flow, params, () => existingTokens(context, key))
  const result = await establish(context, { key, userId }, granted, params)
  return { ...result, redirectPath, ...(userId !== undefined && { userId }) }
}

/** The tokens that a connection has already; nothing where they cannot be opened, since connecting is what mends that. */
async function existingTokens(
  context: ClientContext,
  key: ConnectionKey,
): Promise<ConnectionTokens | undefined> {
  const record = await context.store.load(key)
  try {
    return record && tokensOf(context, record)
  } catch (error) {
    if (isOAuthError(error)) return undefined
    throw error
  }
}
