import { OAuthError } from '../errors/oauth-error.ts'
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
const associatedData = 'latchkey state'
const layout = 1
const nonceBytes = 16

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

export function sealState(payload: Partial<OAuthState>, keyring: Keyring, now: number): string {
  const nonce =
    payload.nonce === undefined ? randomBytes(nonceBytes) : Buffer.from(payload.nonce, 'base64url')
  if (nonce.length !== nonceBytes)
    throw new OAuthError({ code: 'state_invalid', detail: 'a nonce has 16 bytes in base64url' })
  const head = Buffer.alloc(7)
  head.writeUInt8(layout, 0)
  head.writeUIntBE(payload.issuedAt?.getTime() ?? now, 1, 6)
  const fields = [
    payload.provider,
    payload.tenantId,
    payload.userId,
    payload.connectionId,
    payload.redirectPath,
    payload.params && Object.keys(payload.params).length > 0
      ? Object.entries(payload.params).flat()
      : undefined,
    payload.scopes,
    payload.bindingHash,
    payload.clientFingerprint,
    payload.carried,
  ].map((value) => value ?? 0)
  while (fields.length && fields.at(-1) === 0) fields.pop()
  return keyring.seal(
    'state',
    Buffer.concat([head, nonce, Buffer.from(JSON.stringify(fields))]),
    associatedData,
  )
}

export function openState(
  state: string,
  keyring: Keyring,
  now: number,
): { readonly payload: OAuthState; readonly keyId: string } {
  if (!state) throw new OAuthError({ code: 'state_missing', detail: 'the callback has no state' })
  const opened = keyring.open('state', state, associatedData)
  if (!opened.plain || opened.plain.length < 7 + nonceBytes || opened.plain.readUInt8(0) !== layout)
    throw new OAuthError({
      code: 'state_invalid',
      detail: 'the state was altered or sealed by another secret',
    })
  const issuedAt = opened.plain.readUIntBE(1, 6)
  const fields: unknown = JSON.parse(opened.plain.subarray(7 + nonceBytes).toString())
  const payload = readFields(Array.isArray(fields) ? fields : [], {
    nonce: opened.plain.subarray(7, 7 + nonceBytes).toString('base64url'),
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
  const flat = list(5)
  const params =
    flat && Object.fromEntries(flat.flatMap((name, i) => (i % 2 ? [] : [[name, flat[i + 1] ?? '']])))
  const [provider, tenantId, userId, connectionId, redirectPath] = [0, 1, 2, 3, 4].map(text)
  const scopes = list(6)
  const bindingHash = text(7)
  const clientFingerprint = text(8)
  const carried = list(9)
  return {
    ...base,
    ...(provider !== undefined && { provider }),
    ...(tenantId !== undefined && { tenantId }),
    ...(userId !== undefined && { userId }),
    ...(connectionId !== undefined && { connectionId }),
    ...(redirectPath !== undefined && { redirectPath }),
    ...(params !== undefined && { params }),
    ...(scopes !== undefined && { scopes }),
    ...(bindingHash !== undefined && { bindingHash }),
    ...(clientFingerprint !== undefined && { clientFingerprint }),
    ...(carried !== undefined && { carried }),
  }
}
