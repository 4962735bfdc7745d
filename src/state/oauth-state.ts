import { OAuthError } from '../errors/oauth-error.ts'
import type { Mutable } from '../mutable.ts'
import { createKeyring, type Keyring } from './keyring.ts'
import { randomBytes } from './random.ts'

/** What `state` carries through the browser, sealed (DESIGN §3). */
export interface OAuthState {
  readonly provider?: string
  readonly tenantId?: string
  readonly userId?: string
  readonly connectionId?: string
  readonly redirectPath?: string
  readonly params?: Readonly<Record<string, string>>
  readonly scopes?: readonly string[]
  /** base64url of a hash of the binding. */
  readonly bindingHash?: string
  /** Which client configuration began the flow. */
  readonly clientFingerprint?: string
  /** What a protocol must find again and its provider does not bring back (OAuth 1.0a: the temporary credentials). */
  readonly carried?: readonly string[]
  /** 16 random bytes in base64url: the flow's identity, claimed once, and what PKCE is derived from. */
  readonly nonce: string
  readonly issuedAt: Date
}

/** ms a flow may take. */
export const stateLifetime = 10 * 60_000
/** ms a clock may run behind the one that sealed. */
const clockTolerance = 60_000
const associatedData = Buffer.from('latchkey state')
const layout = 1
const nonceBytes = 16
/** The layout and the time of issue. */
const headBytes = 7

/**
 * Seals any of the fields of a state into letters, digits, `.`, `_` and `-`. `nonce` and `issuedAt` are made where
 * they are not given. Throws `config_invalid` for a short secret.
 */
export function buildOAuthState(payload: Partial<OAuthState>, secret: string | readonly string[]): string {
  return sealState(payload, createKeyring(secret), Date.now())
}

/**
 * Opens a state: authentic, and no older than ten minutes. It claims nothing, so it can be called again.
 * Throws `state_missing`, `state_invalid` or `state_expired`.
 */
export function parseOAuthState(state: string, secret: string | readonly string[]): OAuthState {
  return openState(state, createKeyring(secret), Date.now()).payload
}

/** `nonce`: that of the payload as bytes, where they are at hand. */
export function sealState(
  payload: Partial<OAuthState>,
  keyring: Keyring,
  now: number,
  nonce = payload.nonce === undefined ? randomBytes(nonceBytes) : Buffer.from(payload.nonce, 'base64url'),
): string {
  if (nonce.length !== nonceBytes)
    throw new OAuthError({ code: 'state_invalid', detail: 'a nonce has 16 bytes in base64url' })
  const fields = JSON.stringify(fieldsOf(payload))
  const plain = Buffer.allocUnsafe(headBytes + nonceBytes + Buffer.byteLength(fields))
  plain.writeUInt8(layout, 0)
  plain.writeUIntBE(payload.issuedAt?.getTime() ?? now, 1, 6)
  nonce.copy(plain, headBytes)
  plain.write(fields, headBytes + nonceBytes)
  return keyring.seal('state', plain, associatedData)
}

/** By position, 0 for what is absent: names would make the state longer than some providers give back. */
function fieldsOf(payload: Partial<OAuthState>): readonly unknown[] {
  const { params } = payload
  const names = params ? Object.keys(params) : []
  const fields = [
    payload.provider ?? 0,
    payload.tenantId ?? 0,
    payload.userId ?? 0,
    payload.connectionId ?? 0,
    payload.redirectPath ?? 0,
    names.length > 0 ? names.flatMap((name) => [name, params?.[name]]) : 0,
    payload.scopes ?? 0,
    payload.bindingHash ?? 0,
    payload.clientFingerprint ?? 0,
    payload.carried ?? 0,
  ]
  while (fields.at(-1) === 0) fields.pop()
  return fields
}

export function openState(
  state: string,
  keyring: Keyring,
  now: number,
): { readonly payload: OAuthState; readonly keyId: string } {
  if (!state) throw new OAuthError({ code: 'state_missing', detail: 'the callback has no state' })
  const opened = keyring.open('state', state, associatedData)
  if (!opened.plain || opened.plain.length < headBytes + nonceBytes || opened.plain.readUInt8(0) !== layout)
    throw new OAuthError({
      code: 'state_invalid',
      detail: 'the state was altered or sealed by another secret',
    })
  const issuedAt = opened.plain.readUIntBE(1, 6)
  const fields: unknown = JSON.parse(opened.plain.subarray(headBytes + nonceBytes).toString())
  const payload = readFields(Array.isArray(fields) ? fields : [], {
    nonce: opened.plain.subarray(headBytes, headBytes + nonceBytes).toString('base64url'),
    issuedAt: new Date(issuedAt),
  })
  if (now - issuedAt > stateLifetime || issuedAt - now > clockTolerance)
    throw new OAuthError({
      code: 'state_expired',
      detail: 'the flow took longer than ten minutes',
      redirectPath: payload.redirectPath,
    })
  return { payload, keyId: opened.keyId }
}

function readFields(fields: readonly unknown[], base: { nonce: string; issuedAt: Date }): OAuthState {
  const text = (index: number) => {
    const value = fields[index]
    return typeof value === 'string' ? value : undefined
  }
  const list = (index: number) => {
    const value = fields[index]
    return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : undefined
  }
  const state: Mutable<OAuthState> = { ...base }
  const [provider, tenantId, userId, connectionId, redirectPath] = [0, 1, 2, 3, 4].map(text)
  if (provider !== undefined) state.provider = provider
  if (tenantId !== undefined) state.tenantId = tenantId
  if (userId !== undefined) state.userId = userId
  if (connectionId !== undefined) state.connectionId = connectionId
  if (redirectPath !== undefined) state.redirectPath = redirectPath
  const flat = list(5)
  if (flat)
    state.params = Object.fromEntries(flat.flatMap((name, i) => (i % 2 ? [] : [[name, flat[i + 1] ?? '']])))
  const [scopes, bindingHash, clientFingerprint, carried] = [list(6), text(7), text(8), list(9)]
  if (scopes) state.scopes = scopes
  if (bindingHash !== undefined) state.bindingHash = bindingHash
  if (clientFingerprint !== undefined) state.clientFingerprint = clientFingerprint
  if (carried) state.carried = carried
  return state
}
