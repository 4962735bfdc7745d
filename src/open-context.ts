import { type ClientContext, inContext } from './context.ts'
import { tracedRequest } from './diagnostics.ts'
import { OAuthError, type OAuthErrorDetails } from './errors/oauth-error.ts'
import { chooseTransport } from './http/choose-transport.ts'
import type { Configuration } from './options.ts'
import type { ProviderDefinition } from './provider/definition.ts'
import { requestedScopes } from './provider/scopes.ts'
import { shortHash } from './state/digest.ts'
import { guardCoordinator, guardStore } from './stores/deadline.ts'
import { sharedCoordinator } from './stores/in-process-coordinator.ts'
import { createOpenedTokens } from './tokens/opened-tokens.ts'
import { sharedUnsaved } from './tokens/unsaved.ts'
import type { OAuthClientOptions } from './types.ts'

const defaultTimeout = 15_000

/** What every flow of a client works with, made from its options once they have been checked. */
export function openContext(
  provider: ProviderDefinition,
  options: OAuthClientOptions,
  configuration: Configuration,
): ClientContext {
  const { clientId, clientSecret, redirectUri, keyring, fixedParams } = configuration
  const fail = (details: OAuthErrorDetails) =>
    new OAuthError({ ...details, provider: provider.id, providerName: provider.name })
  const { dispatcher, fetch, timeout = defaultTimeout } = options
  const store = guardStore(configuration.store)
  const transport = chooseTransport({ fetch, dispatcher })
  const fixed = Object.entries(fixedParams).sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    provider,
    clientId,
    redirectUri,
    keyring,
    opened: createOpenedTokens(keyring),
    store,
    coordinator: options.coordinator
      ? guardCoordinator(options.coordinator)
      : (store.coordinator ?? sharedCoordinator(options.store ?? configuration.store)),
    unsaved: sharedUnsaved(options.store ?? configuration.store),
    scopes: requestedScopes(provider, options.scopes, fixedParams),
    fixedParams,
    clientMark: clientId === '' ? undefined : shortHash(clientId, 6),
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
}
