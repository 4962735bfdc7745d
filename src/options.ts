import type { ClientContext } from './context.ts'
import { extendError, isOAuthError, OAuthError, type OAuthErrorDetails } from './errors/oauth-error.ts'
import { chooseTransport } from './http/choose-transport.ts'
import type { ProviderDefinition } from './provider/definition.ts'
import { checkTrustedParams } from './provider/params.ts'
import { isLoopback } from './provider/template.ts'
import { shortHash } from './state/digest.ts'
import { createKeyring } from './state/keyring.ts'
import { guardCoordinator, guardStore } from './stores/deadline.ts'
import { inProcessCoordinator } from './stores/in-process-coordinator.ts'
import { resolveStore } from './stores/resolve-store.ts'
import type { OAuthClientOptions, TokenStore } from './types.ts'

const defaultTimeout = 15_000

/**
 * Checks the options, fills them from the environment, and names everything that is missing in one `config_invalid`:
 * a second attempt should not find a second mistake.
 */
export function resolveOptions(
  provider: ProviderDefinition,
  options: OAuthClientOptions,
): { readonly context: ClientContext; readonly ownedStore: TokenStore | undefined } {
  const fail = (details: OAuthErrorDetails) =>
    new OAuthError({ ...details, provider: provider.id, providerName: provider.name })
  const missing: string[] = []
  const need = (value: string | undefined, variable: string, option: string): string => {
    if (value) return value
    missing.push(`${variable} (or options.${option})`)
    return ''
  }
  const prefix = provider.id.toUpperCase().replace(/-/g, '_')
  const clientId = need(options.clientId ?? env(`${prefix}_CLIENT_ID`), `${prefix}_CLIENT_ID`, 'clientId')
  const needsSecret = provider.token.authentication !== 'none'
  const clientSecret = options.clientSecret ?? env(`${prefix}_CLIENT_SECRET`)
  if (needsSecret && !clientSecret) need(undefined, `${prefix}_CLIENT_SECRET`, 'clientSecret')
  const secret = options.secret ?? env('LATCHKEY_SECRET')
  if (!secret || secret.length === 0) need(undefined, 'LATCHKEY_SECRET', 'secret')
  const baseUrl = env('LATCHKEY_BASE_URL')?.replace(/\/+$/, '')
  const fallback = baseUrl && `${baseUrl}/oauth/${provider.id}/callback`
  const redirectUri = need(options.redirectUri ?? fallback, 'LATCHKEY_BASE_URL', 'redirectUri')

  const mistakes: string[] = missing.length > 0 ? [`missing: ${missing.join(', ')}`] : []
  if (redirectUri && !isRedirectUri(redirectUri))
    mistakes.push('the redirect URI must be an https URL (http on loopback) without a fragment')
  for (const [name, value] of [
    ['timeout', options.timeout],
    ['refreshSkew', options.refreshSkew],
  ] as const)
    if (value !== undefined && !(Number.isFinite(value) && value >= (name === 'timeout' ? 1 : 0)))
      mistakes.push(`options.${name} must be a number of milliseconds`)
  const months = options.sync ? options.sync.months : undefined
  if (months !== undefined && !(Number.isSafeInteger(months) && months >= 1 && months <= 1200))
    mistakes.push('options.sync.months must be a whole number of calendar months, at least 1')
  const collect = <T>(make: () => T): T | undefined => {
    try {
      return make()
    } catch (error) {
      if (!isOAuthError(error)) throw error
      mistakes.push(error.message.replace(/^.*?OAuth failed: \S+ - /, ''))
      return undefined
    }
  }
  const keyring = collect(() => (secret && secret.length > 0 ? createKeyring(secret) : undefined))
  const fixedParams = collect(() => checkTrustedParams(provider, options.params ?? {})) ?? {}
  if (mistakes.length > 0 || !keyring) throw fail({ code: 'config_invalid', detail: mistakes.join('; ') })

  const timeout = options.timeout ?? defaultTimeout
  const clock = options.clock ?? Date.now
  const ownStore = resolveStore(options.store, env('LATCHKEY_STORE') ?? '.latchkey')
  const store = guardStore(ownStore)
  const transport = chooseTransport({ fetch: options.fetch, dispatcher: options.dispatcher })
  const { dispatcher, fetch } = options
  const fixed = Object.entries(fixedParams).sort(([a], [b]) => (a < b ? -1 : 1))
  const context: ClientContext = {
    provider,
    clientId,
    redirectUri,
    keyring,
    store,
    coordinator: options.coordinator
      ? guardCoordinator(options.coordinator)
      : (store.coordinator ?? inProcessCoordinator()),
    scopes: options.scopes ?? provider.authorization.scopes?.default ?? [],
    fixedParams,
    fingerprint: shortHash(JSON.stringify([clientId, redirectUri, fixed]), 6),
    sync: options.sync,
    hooks: options.hooks ?? {},
    refreshSkew: options.refreshSkew,
    timeout,
    clock,
    async credentials() {
      if (typeof clientSecret !== 'function') return { clientId, clientSecret }
      try {
        return { clientId, clientSecret: await clientSecret() }
      } catch (cause) {
        throw fail({ code: 'config_invalid', detail: 'options.clientSecret() failed', cause })
      }
    },
    async send(request) {
      try {
        return await transport(request, timeout)
      } catch (error) {
        if (!isOAuthError(error)) throw error
        throw extendError(error, { provider: provider.id, providerName: provider.name })
      }
    },
    // Node's fetch takes an undici dispatcher; other runtimes ignore what they do not know.
    apiFetch:
      fetch ??
      ((input, init) => globalThis.fetch(input, dispatcher ? Object.assign({}, init, { dispatcher }) : init)),
    fail,
  }
  return { context, ownedStore: options.store === undefined ? ownStore : undefined }
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
