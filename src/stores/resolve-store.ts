import { OAuthError } from '../errors/oauth-error.ts'
import type { KeyvLike, TokenStore } from '../types.ts'
import { guardStore } from './deadline.ts'
import { fileStore } from './file-store.ts'
import { isKeyv, keyvStore } from './keyv-store.ts'

/**
 * The store a client works with: a `TokenStore` as it is, a bare Keyv wrapped, and where none is given the embedded
 * one at `defaultPath`. Always guarded. Throws `config_invalid` for anything else.
 */
export function resolveStore(store: TokenStore | KeyvLike | undefined, defaultPath: string): TokenStore {
  if (store === undefined) return fileStore(defaultPath)
  if (isKeyv(store)) return keyvStore(store)
  if (isTokenStore(store)) return guardStore(store)
  throw new OAuthError({
    code: 'config_invalid',
    detail: 'options.store is neither a TokenStore (load, save, remove, list) nor a Keyv',
  })
}

function isTokenStore(value: unknown): value is TokenStore {
  if (typeof value !== 'object' || value === null) return false
  return ['load', 'save', 'remove', 'list'].every((name) => typeof Reflect.get(value, name) === 'function')
}
