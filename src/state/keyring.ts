import type { KeyObject } from 'node:crypto'
import { OAuthError } from '../errors/oauth-error.ts'
import { nodeCrypto } from '../node-crypto.ts'
import { hmacSha256 } from './hmac.ts'
import { randomBytes } from './random.ts'

/** One secret's derived keys: one purpose each, so that no output of one can stand in for another. */
interface Keys {
  readonly id: string
  readonly state: KeyObject
  readonly tokens: KeyObject
  /** HMAC-SHA-256 in base64url. */
  readonly pkce: (message: Uint8Array) => string
}

type Purpose = 'state' | 'tokens'

const minimumBytes = 32

/** Seals and opens under a list of secrets: the first seals, all open, so that a secret can be rotated. */
export interface Keyring {
  /** `<key id>.<base64url(iv, ciphertext, tag)>`: AES-256-GCM; letters, digits, `.`, `_` and `-` only. */
  seal(purpose: Purpose, plain: Uint8Array, associatedData: Uint8Array): string
  /** The plain text, or why not: sealed by a secret that is not in the list, or altered. */
  open(purpose: Purpose, sealed: string, associatedData: Uint8Array): Opened
  /** A PKCE verifier that only the holder of the secret can derive from the nonce (RFC 7636 §4.1: 43 characters). */
  pkceVerifier(nonce: Uint8Array, keyId?: string): string
  /** The id of the key that seals. */
  readonly currentKeyId: string
}

export type Opened =
  | { readonly plain: Buffer; readonly keyId: string }
  | { readonly plain?: undefined; readonly reason: 'unknown-key' | 'altered'; readonly keyId: string }

/** Throws `config_invalid` for a secret of less than 32 bytes. Keys are derived at first use. */
export function createKeyring(secret: string | readonly string[]): Keyring {
  const secrets = typeof secret === 'string' ? [secret] : secret
  if (secrets.length === 0) throw new OAuthError({ code: 'config_invalid', detail: 'no secret was given' })
  for (const each of secrets) checkSecret(each)
  let derived: Keys[] | undefined
  const allKeys = () => {
    derived ??= secrets.map(deriveKeys)
    return derived
  }
  const currentKeys = () => {
    const [current] = allKeys()
    if (!current) throw new TypeError('a keyring has a secret')
    return current
  }
  const find = (id: string) => allKeys().find((each) => each.id === id)
  return {
    get currentKeyId() {
      return currentKeys().id
    },
    seal(purpose, plain, associatedData) {
      const current = currentKeys()
      const iv = randomBytes(12)
      const cipher = nodeCrypto().createCipheriv('aes-256-gcm', current[purpose], iv).setAAD(associatedData)
      // GCM gives everything at once; `final` only makes the tag.
      const text = cipher.update(plain)
      cipher.final()
      const sealed = Buffer.concat([iv, text, cipher.getAuthTag()], text.length + 28)
      return `${current.id}.${sealed.toString('base64url')}`
    },
    open(purpose, sealed, associatedData) {
      const dot = sealed.indexOf('.')
      const id = sealed.slice(0, Math.max(0, dot))
      const key = find(id)
      if (!key) return { reason: 'unknown-key', keyId: id.slice(0, 16) }
      const text = sealed.slice(dot + 1)
      const bytes = Buffer.from(text, 'base64url')
      // One sealed value has one spelling: a decoder that skips stray characters would accept many.
      if (bytes.length < 28 || bytes.toString('base64url') !== text) return { reason: 'altered', keyId: id }
      try {
        const decipher = nodeCrypto().createDecipheriv('aes-256-gcm', key[purpose], bytes.subarray(0, 12), {
          authTagLength: 16,
        })
        decipher.setAAD(associatedData).setAuthTag(bytes.subarray(-16))
        // GCM gives everything at once; `final` only judges the tag.
        const plain = decipher.update(bytes.subarray(12, -16))
        decipher.final()
        return { plain, keyId: id }
      } catch {
        return { reason: 'altered', keyId: id }
      }
    },
    pkceVerifier(nonce, keyId) {
      const key = (keyId === undefined ? undefined : find(keyId)) ?? currentKeys()
      return key.pkce(nonce)
    },
  }
}

function checkSecret(secret: unknown): void {
  if (typeof secret !== 'string' || Buffer.byteLength(secret) < minimumBytes)
    throw new OAuthError({
      code: 'config_invalid',
      detail: `the secret (LATCHKEY_SECRET or options.secret) must have at least ${minimumBytes} bytes`,
      hint: 'Generate one with: node -e "console.log(crypto.randomBytes(32).toString(\'base64url\'))"',
    })
}

function deriveKeys(secret: string): Keys {
  const derive = (purpose: string, length: number) =>
    Buffer.from(nodeCrypto().hkdfSync('sha256', secret, 'latchkey', `latchkey ${purpose} v1`, length))
  return {
    id: derive('key id', 6).toString('base64url'),
    // As a key object the key is read once, and not again at each use.
    state: nodeCrypto().createSecretKey(derive('state', 32)),
    tokens: nodeCrypto().createSecretKey(derive('tokens', 32)),
    pkce: hmacSha256(derive('pkce', 32)),
  }
}
