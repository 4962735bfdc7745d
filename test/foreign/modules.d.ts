/** The parts of `oidc-provider` 9 that these tests touch; the package ships no types. */
declare module 'oidc-provider' {
  import type { RequestListener } from 'node:http'

  export interface ClientMetadata {
    readonly client_id: string
    readonly client_secret: string
    readonly redirect_uris: readonly string[]
    readonly grant_types: readonly string[]
    readonly response_types: readonly string[]
    readonly token_endpoint_auth_method: 'client_secret_basic' | 'client_secret_post'
  }

  export class Provider {
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>)
    callback(): RequestListener
    readonly AccessToken: { find(token: string): Promise<{ destroy(): Promise<void> } | undefined> }
  }
}
