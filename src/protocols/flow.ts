import { type ClientContext, checkId, inContext, speaks } from '../context.ts'
import type { Mutable } from '../mutable.ts'
import type { Params } from '../provider/params.ts'
import { equalSecrets, shortHash } from '../state/digest.ts'
import { type OAuthState, openState, sealState, stateLifetime } from '../state/oauth-state.ts'
import { randomBytes } from '../state/random.ts'
import type { ConnectionKey } from '../types.ts'

/** What `authorize` decided and `callback` finds again. */
export interface Flow {
  readonly key: ConnectionKey
  readonly userId: string | undefined
  readonly redirectPath: string
  /** What the tenant gave; the client's own come on top. */
  readonly params: Params
  readonly scopes: readonly string[]
  readonly nonce: string
  /** PKCE, where the provider takes it. */
  readonly codeVerifier: string | undefined
  /** What the protocol put into the state for itself. */
  readonly carried: readonly string[]
}

/** A flow that is about to begin. */
export type FlowDraft = Omit<Flow, 'nonce' | 'codeVerifier' | 'carried'> & {
  readonly binding: string | undefined
}

/** A sealed flow, as the browser takes it along. */
interface SealedFlow {
  readonly state: string
  readonly codeVerifier: string | undefined
  readonly expiresAt: Date
}

const nonceBytes = 16

/** The identity of a flow that is yet to be sealed: for a callback URL that must be known before the state is. */
export function newFlowId(): string {
  return randomBytes(nonceBytes).toString('base64url')
}

const bindingBytes = 16
const defaultRedirectPath = '/'

/** Seals a flow. Throws `params_invalid` where the state would be longer than the provider gives back. */
export function sealFlow(
  context: ClientContext,
  flow: FlowDraft,
  { flowId, carried }: { readonly flowId?: string; readonly carried?: readonly string[] } = {},
): SealedFlow {
  const { provider, keyring } = context
  const { binding } = flow
  const now = context.clock()
  const nonce = flowId === undefined ? randomBytes(nonceBytes) : Buffer.from(flowId, 'base64url')
  const payload: Mutable<Partial<OAuthState>> = {
    provider: provider.id,
    tenantId: flow.key.tenantId,
    params: flow.params,
    clientFingerprint: context.fingerprint,
  }
  if (flow.userId !== undefined) payload.userId = flow.userId
  if (flow.key.connectionId !== 'default') payload.connectionId = flow.key.connectionId
  if (flow.redirectPath !== defaultRedirectPath) payload.redirectPath = flow.redirectPath
  if (!isSameList(flow.scopes, context.scopes)) payload.scopes = flow.scopes
  if (binding !== undefined) payload.bindingHash = shortHash(binding, bindingBytes)
  if (carried) payload.carried = carried
  const state = sealState(payload, keyring, now, nonce)
  const most = provider.protocol === 'oauth2' ? provider.authorization.stateMaxLength : undefined
  if (most !== undefined && state.length > most)
    throw context.fail({
      code: 'params_invalid',
      detail: `the state would have ${state.length} bytes, and this provider gives back ${most}: shorten the ids or redirectPath`,
    })
  const verifier = codeVerifier(context, nonce)
  return { state, codeVerifier: verifier, expiresAt: new Date(now + stateLifetime) }
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((each, index) => each === b[index]))
}

/**
 * Opens the state of a callback: authentic, of this provider and client, unexpired, of this browser (DESIGN §3 step 1).
 * Nothing has been sent anywhere by then.
 */
export function openFlow(
  context: ClientContext,
  given: string | null,
  { carriedState, binding, expect }: Presented,
): Flow {
  const { payload, keyId } = open(context, given, carriedState)
  const redirectPath = payload.redirectPath ?? defaultRedirectPath
  if (payload.provider !== context.provider.id || payload.clientFingerprint !== context.fingerprint)
    throw context.fail({
      code: 'state_invalid',
      detail: 'the state was made for another provider or client configuration',
    })
  const bound = binding === undefined ? undefined : shortHash(binding, bindingBytes)
  if (!equalSecrets(bound, payload.bindingHash))
    throw context.fail({
      code: 'state_mismatch',
      detail: 'the flow was begun in another browser',
      redirectPath,
    })
  const somebodyElse =
    expect &&
    (expect.tenantId !== payload.tenantId ||
      (expect.userId !== undefined && payload.userId !== undefined && expect.userId !== payload.userId))
  if (somebodyElse)
    throw context.fail({
      code: 'state_mismatch',
      detail: 'the flow was begun by somebody else',
      redirectPath,
    })
  const { id } = context.provider
  return {
    key: {
      provider: id,
      tenantId: checkId(context, 'tenantId', payload.tenantId),
      connectionId: payload.connectionId ?? 'default',
    },
    userId: payload.userId,
    redirectPath,
    params: payload.params ?? {},
    scopes: payload.scopes ?? context.scopes,
    nonce: payload.nonce,
    codeVerifier: codeVerifier(context, Buffer.from(payload.nonce, 'base64url'), keyId),
    carried: payload.carried ?? [],
  }
}

/** What a browser presents besides the callback's own query. */
interface Presented {
  /** The state that stayed with the browser, where the provider had no place for it. */
  readonly carriedState: string | undefined
  readonly binding: string | undefined
  readonly expect: { readonly tenantId: string; readonly userId?: string | undefined } | undefined
}

/**
 * Where the state stays with the browser, the callback brings the flow's id in its stead; an application that has put the
 * whole state there by means of its own may.
 */
function open(
  context: ClientContext,
  given: string | null,
  carried: string | undefined,
): { payload: OAuthState; keyId: string } {
  const isCarried = !speaks(context, 'oauth2')
  const isWhole = given?.includes('.') ?? false
  const state = isCarried ? (carried ?? (isWhole ? given : undefined)) : (given ?? '')
  if (state === undefined || state === null)
    throw context.fail({
      code: 'state_missing',
      detail: 'the state of this flow, which stays with the browser, was not presented',
    })
  try {
    const opened = openState(state, context.keyring, context.clock())
    const { nonce, redirectPath } = opened.payload
    if (isCarried && given !== null && given !== state && !equalSecrets(given, nonce))
      throw context.fail({ code: 'state_mismatch', detail: 'the callback is of another flow', redirectPath })
    return opened
  } catch (error) {
    throw inContext(context, error)
  }
}

/** Derived from the sealed nonce, so that it is never stored or sent ahead (DESIGN §3). */
function codeVerifier(context: ClientContext, nonce: Uint8Array, keyId?: string): string | undefined {
  if (!speaks(context, 'oauth2') || context.provider.authorization.pkce === 'unsupported') return undefined
  return context.keyring.pkceVerifier(nonce, keyId)
}
