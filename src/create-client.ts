import type { FlowClient } from './client.ts'
import type { OAuthClient } from './client-types.ts'
import { readConfiguration } from './options.ts'
import type { ProviderDefinition } from './provider/definition.ts'
import type { OAuthClientOptions } from './types.ts'

/**
 * A client for one integration. Everything not given comes from the environment; what is missing is named in one
 * `config_invalid`. Nothing is loaded, opened or sent before the first call that needs it.
 */
export function createOAuthClient<const P extends ProviderDefinition>(
  provider: P,
  options?: OAuthClientOptions,
): OAuthClient<P>
export function createOAuthClient(
  provider: ProviderDefinition,
  options: OAuthClientOptions = {},
): FlowClient {
  const configuration = readConfiguration(provider, options)
  let opened: FlowClient | undefined
  let opening: Promise<FlowClient> | undefined
  const open = () => {
    opening ??= import('./client.ts').then(({ openClient }) => {
      opened = openClient(provider, options, configuration)
      return opened
    })
    return opening
  }
  /** The flows are loaded by the first call, and no later one waits for it. */
  const via = <T>(run: (client: FlowClient) => Promise<T>): Promise<T> =>
    opened ? run(opened) : open().then(run)

  return {
    provider,
    redirectUri: configuration.redirectUri,
    authorize: (input) => via((client) => client.authorize(input)),
    callback: (input, given) => via((client) => client.callback(input, given)),
    connect: (input) => via((client) => client.connect(input)),
    getAccessToken: (ref, asked) => via((client) => client.getAccessToken(ref, asked)),
    getConnection: (ref) => via((client) => client.getConnection(ref)),
    getTokens: (ref) => via((client) => client.getTokens(ref)),
    async *list(filter) {
      yield* (opened ?? (await open())).list(filter)
    },
    importConnection: (input) => via((client) => client.importConnection(input)),
    choose: (ref, params) => via((client) => client.choose(ref, params)),
    refresh: (ref) => via((client) => client.refresh(ref)),
    fetch: (ref, input, init) => via((client) => client.fetch(ref, input, init)),
    disconnect: (ref, asked) => via((client) => client.disconnect(ref, asked)),
    refreshExpiring: (asked) => via((client) => client.refreshExpiring(asked)),
    reseal: (asked) => via((client) => client.reseal(asked)),
    // A client that was never used has opened nothing.
    close: async () => (await opening)?.close(),
  }
}
