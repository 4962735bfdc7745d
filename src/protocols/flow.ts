import { randomBytes } from 'node:crypto'
import { type ClientContext, checkId, inContext } from '../context.ts'
import type { Params } from '../provider/params.ts'
import { equalSecrets, shortHash } from '../state/digest.ts'
import { type OAuthState, openState, sealState, stateLifetime } from '../state/oauth-state.ts'
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
}

const bindingBytes = 16
const defaultRedirectPath = '/'

/** Seals a flow. Throws `params_invalid` where the state would be longer than the provider gives back. */
export function sealFlow(
  context: ClientContext,
  flow: Omit<Flow, 'nonce' | 'codeVerifier'>,
  binding: string | undefined,
): { readonly state: string; readonly codeVerifier: string | undefined; readonly expiresAt: Date } {
  const { provider, keyring } = context
  const now = context.clock()
  const nonce = randomBytes(16)
  const ownScopes = JSON.stringify(flow.scopes) === JSON.stringify(context.scopes)
  const state = sealState(
    {
      provider: provider.id,
      tenantId: flow.key.tenantId,
      ...(flow.userId !== undefined && { userId: flow.userId }),
      ...(flow.key.connectionId !== 'default' && { connectionId: flow.key.connectionId }),
      ...(flow.redirectPath !== defaultRedirectPath && { redirectPath: flow.redirectPath }),
      params: flow.params,
      ...(!ownScopes && { scopes: flow.scopes }),
      ...(binding !== undefined && { bindingHash: shortHash(binding, bindingBytes) }),
      clientFingerprint: context.fingerprint,
      nonce: nonce.toString('base64url'),
    },
    keyring,
    now,
  )
  const most = provider.authorization.stateMaxLength
  if (most !== undefined && state.length > most)
    throw context.fail({
      code: 'params_invalid',
      detail: `the state would have ${state.length} bytes, and this provider gives back ${most}: shorten the ids or redirectPath`,
    })
  return { state, codeVerifier: codeVerifier(context, nonce), expiresAt: new Date(now + stateLifetime) }
}

/**
 * Opens the state of a callback: authentic, of this provider and client, unexpired, of this browser (DESIGN §3 step 1).
 * Nothing has been sent anywhere by then.
 */
export function openFlow(
  context: ClientContext,
  state: string | null,
  binding: string | undefined,
  expect: { readonly tenantId: string; readonly userId?: string | undefined } | undefined,
): Flow {
  const { payload, keyId } = open(context, state)
  const redirectPath = payload.redirectPath ?? defaultRedirectPath
  if (payload.provider !== context.provider.id || payload.clientFingerprint !== context.fingerprint)
    throw context.fail({
      code: 'state_invalid',
      detail: 'the state was made for another provider or client configuration',
    })
  const given = binding === undefined ? undefined : shortHash(binding, bindingBytes)
  if (!equalSecrets(given, payload.bindingHash))
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
  }
}

function open(context: ClientContext, state: string | null): { payload: OAuthState; keyId: string } {
  try {
    return openState(state ?? '', context.keyring, context.clock())
  } catch (error) {
    throw inContext(context, error)
  }
}

/** Derived from the sealed nonce, so that it is never stored or sent ahead (DESIGN §3). */
function codeVerifier(context: ClientContext, nonce: Uint8Array, keyId?: string): string | undefined {
  if (context.provider.authorization.pkce === 'unsupported') return undefined
  return context.keyring.pkceVerifier(nonce, keyId)
}
