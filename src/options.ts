import { isOAuthError, OAuthError } from './errors/oauth-error.ts'
import type { ProviderDefinition } from './provider/definition.ts'
import { checkTrustedParams, type Params } from './provider/params.ts'
import { isLoopback } from './provider/template.ts'
import { createKeyring, type Keyring } from './state/keyring.ts'
import { resolveStore } from './stores/resolve-store.ts'
import type { OAuthClientOptions, TokenStore } from './types.ts'

/** What the options and the environment come to, once nothing is missing. */
export interface Configuration {
  readonly clientId: string
  readonly clientSecret: OAuthClientOptions['clientSecret']
  readonly redirectUri: string
  readonly keyring: Keyring
  readonly fixedParams: Params
  readonly store: TokenStore
}

/**
 * Checks the options and fills them from the environment. Everything that is missing or wrong is named in one
 * `config_invalid`: a second attempt finds no second mistake.
 */
export function readConfiguration(provider: ProviderDefinition, options: OAuthClientOptions): Configuration {
  const missing: string[] = []
  const need = (value: string | undefined, variable: string, option: string): string => {
    if (value) return value
    missing.push(`${variable} (or options.${option})`)
    return ''
  }
  const prefix = provider.id.toUpperCase().replace(/-/g, '_')
  const hasClient = provider.protocol !== 'api-key'
  const clientId = hasClient
    ? need(options.clientId ?? env(`${prefix}_CLIENT_ID`), `${prefix}_CLIENT_ID`, 'clientId')
    : ''
  const clientSecret = options.clientSecret ?? env(`${prefix}_CLIENT_SECRET`)
  const isPublic = provider.protocol === 'oauth2' && provider.token.authentication === 'none'
  if (hasClient && !isPublic && !clientSecret) need(undefined, `${prefix}_CLIENT_SECRET`, 'clientSecret')
  const secret = options.secret ?? env('LATCHKEY_SECRET')
  if (!secret?.length) need(undefined, 'LATCHKEY_SECRET', 'secret')
  const baseUrl = env('LATCHKEY_BASE_URL')?.replace(/\/+$/, '')
  const fallback = baseUrl && `${baseUrl}/oauth/${provider.id}/callback`
  const redirectUri = hasClient
    ? need(options.redirectUri ?? fallback, 'LATCHKEY_BASE_URL', 'redirectUri')
    : ''

  const mistakes = missing.length > 0 ? [`missing: ${missing.join(', ')}`] : []
  if (redirectUri && !isRedirectUri(redirectUri))
    mistakes.push('the redirect URI must be an https URL (http on loopback) without a fragment')
  mistakes.push(...wrongNumbers(options))
  const collect = <T>(make: () => T): T | undefined => {
    try {
      return make()
    } catch (error) {
      if (!isOAuthError(error)) throw error
      mistakes.push(error.message.replace(/^.*?OAuth failed: \S+ - /, ''))
      return undefined
    }
  }
  const keyring = collect(() => (secret?.length ? createKeyring(secret) : undefined))
  const fixedParams = collect(() => checkTrustedParams(provider, options.params ?? {}))
  if (mistakes.length > 0 || !keyring || !fixedParams)
    throw new OAuthError({
      code: 'config_invalid',
      provider: provider.id,
      providerName: provider.name,
      detail: mistakes.join('; '),
    })
  const store = resolveStore(options.store, env('LATCHKEY_STORE') ?? '.latchkey')
  return { clientId, clientSecret, redirectUri, keyring, fixedParams, store }
}

function wrongNumbers({ timeout, refreshSkew, sync }: OAuthClientOptions): string[] {
  const mistakes: string[] = []
  if (timeout !== undefined && !(Number.isFinite(timeout) && timeout >= 1))
    mistakes.push('options.timeout must be a number of milliseconds, at least 1')
  if (refreshSkew !== undefined && !(Number.isFinite(refreshSkew) && refreshSkew >= 0))
    mistakes.push('options.refreshSkew must be a number of milliseconds')
  const months = sync ? sync.months : undefined
  if (months !== undefined && !(Number.isSafeInteger(months) && months >= 1 && months <= 1200))
    mistakes.push('options.sync.months must be a whole number of calendar months, at least 1')
  return mistakes
}

function env(name: string): string | undefined {
  return typeof process === 'undefined' ? undefined : process.env[name] || undefined
}

function isRedirectUri(text: string): boolean {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  const secure = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))
  return secure && !text.includes('#') && !url.username && !url.password
}
