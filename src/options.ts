import { type ClientContext, inContext } from './context.ts'
import { tracedRequest } from './diagnostics.ts'
import { isOAuthError, OAuthError, type OAuthErrorDetails } from './errors/oauth-error.ts'
import { chooseTransport } from './http/choose-transport.ts'
import type { ProviderDefinition } from './provider/definition.ts'
import { checkTrustedParams, type Params } from './provider/params.ts'
import { requestedScopes } from './provider/scopes.ts'
import { isLoopback } from './provider/template.ts'
import { shortHash } from './state/digest.ts'
import { createKeyring, type Keyring } from './state/keyring.ts'
import { guardCoordinator, guardStore } from './stores/deadline.ts'
import { sharedCoordinator } from './stores/in-process-coordinator.ts'
import { resolveStore } from './stores/resolve-store.ts'
import { sharedUnsaved } from './tokens/unsaved.ts'
import type { OAuthClientOptions, TokenStore } from './types.ts'

const defaultTimeout = 15_000

/** What the options and the environment come to, once nothing is missing. */
interface Configuration {
  readonly clientId: string
  readonly clientSecret: OAuthClientOptions['clientSecret']
  readonly redirectUri: string
  readonly keyring: Keyring
  readonly fixedParams: Params
}

/** Everything that is missing or wrong is named in one `config_invalid`: a second attempt finds no second mistake. */
function readConfiguration(provider: ProviderDefinition, options: OAuthClientOptions): Configuration {
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
  return { clientId, clientSecret, redirectUri, keyring, fixedParams }
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

/** Checks the options, fills them from the environment, and makes what every flow works with. */
export function resolveOptions(
  provider: ProviderDefinition,
  options: OAuthClientOptions,
): { readonly context: ClientContext; readonly ownedStore: TokenStore | undefined } {
  const { clientId, clientSecret, redirectUri, keyring, fixedParams } = readConfiguration(provider, options)
  const fail = (details: OAuthErrorDetails) =>
    new OAuthError({ ...details, provider: provider.id, providerName: provider.name })
  const { dispatcher, fetch, timeout = defaultTimeout } = options
  const ownStore = resolveStore(options.store, env('LATCHKEY_STORE') ?? '.latchkey')
  const store = guardStore(ownStore)
  const transport = chooseTransport({ fetch, dispatcher })
  const fixed = Object.entries(fixedParams).sort(([a], [b]) => (a < b ? -1 : 1))
  const context: ClientContext = {
    provider,
    clientId,
    redirectUri,
    keyring,
    store,
    coordinator: options.coordinator
      ? guardCoordinator(options.coordinator)
      : (store.coordinator ?? sharedCoordinator(options.store ?? ownStore)),
    unsaved: sharedUnsaved(options.store ?? ownStore),
    scopes: requestedScopes(provider, options.scopes, fixedParams),
    fixedParams,
    fingerprint: shortHash(JSON.stringify([clientId, redirectUri, fixed]), 6),
    sync: options.sync,
    hooks: options.hooks ?? {},
    refreshSkew: options.refreshSkew,
    timeout,
    clock: options.clock ?? Date.now,
    async credentials() {
      if (typeof clientSecret !== 'function') return { clientId, clientSecret }
      try {
        return { clientId, clientSecret: await clientSecret() }
      } catch (cause) {
        throw fail({ code: 'config_invalid', detail: 'options.clientSecret() failed', cause })
      }
    },
    async send(request, operation) {
      try {
        return await tracedRequest(provider.id, operation, () => transport(request, timeout))
      } catch (error) {
        throw inContext({ provider }, error)
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
