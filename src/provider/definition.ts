import type { z } from 'zod'
import type { createProviderSchema } from './schema.ts'

type DeepReadonly<T> = T extends (infer E)[]
  ? readonly DeepReadonly<E>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T

type KeysOf<U> = U extends unknown ? keyof U : never

/** Each member of a union with the others' keys as absent ones, so that a key can be asked for before its protocol is. */
type Complete<U, All extends PropertyKey = KeysOf<U>> = U extends unknown
  ? U & { readonly [K in Exclude<All, keyof U>]?: undefined }
  : never

/** Data that describes one integration. Inferred from the one schema in `schema.ts`. */
export type ProviderDefinition = Complete<DeepReadonly<z.infer<ReturnType<typeof createProviderSchema>>>>

export type Protocol = ProviderDefinition['protocol']
export type OAuth2Definition = Extract<ProviderDefinition, { readonly protocol: 'oauth2' }>
export type OAuth1Definition = Extract<ProviderDefinition, { readonly protocol: 'oauth1' }>
export type PlaidLinkDefinition = Extract<ProviderDefinition, { readonly protocol: 'plaid-link' }>
export type ApiKeyDefinition = Extract<ProviderDefinition, { readonly protocol: 'api-key' }>

export type ParamDefinition = NonNullable<ProviderDefinition['params']>[string]
export type TokenRequestDefinition = OAuth2Definition['token']
export type RefreshDefinition = Exclude<OAuth2Definition['refresh'], false>
export type ApiDefinition = ProviderDefinition['api']
export type ApiRequestDefinition = NonNullable<ProviderDefinition['identity']['request']>
export type CaptureDefinition = NonNullable<NonNullable<OAuth2Definition['tokenResponse']>['capture']>
export type CredentialDefinition = NonNullable<ApiDefinition['credential']>
export type HistoryDefinition = NonNullable<ProviderDefinition['history']>
export type HistoryPageDefinition = NonNullable<HistoryDefinition['page']>
/** How an answer is recognised. */
export type Sign = NonNullable<ApiDefinition['expired']>[number]

type ParamsOf<P extends ProviderDefinition> = P extends { readonly params: infer D }
  ? D
  : Record<never, never>

type RequiredParamNames<D> = {
  [K in keyof D]: D[K] extends { readonly required: true } ? K : never
}[keyof D]

/** Names a tenant may give: not captured on the way, and not trusted. */
type TenantParamNames<D> = {
  [K in keyof D]: D[K] extends { readonly trusted: true }
    ? never
    : D[K] extends { readonly from: 'callback' | 'token' | 'discovery' }
      ? never
      : K
}[keyof D]

/** With no name to take, an object type would take any. */
type OnlyNames<Names extends PropertyKey> = [Names] extends [never]
  ? { readonly [name: string]: never }
  : { readonly [K in Names]?: string }

/** The `params` of `authorize` and `connect`, as the definition declares them: required ones are compile errors when missing. */
export type AuthorizeParams<P extends ProviderDefinition> = string extends P['id']
  ? { readonly params?: Readonly<Record<string, string>> }
  : [RequiredParamNames<ParamsOf<P>>] extends [never]
    ? { readonly params?: OnlyNames<TenantParamNames<ParamsOf<P>>> }
    : {
        readonly params: {
          readonly [K in RequiredParamNames<ParamsOf<P>>]: string
        } & { readonly [K in TenantParamNames<ParamsOf<P>>]?: string }
      }

/** The `credentials` of `connect`, by the names the definition gives them. */
export type ConnectCredentials<P extends ProviderDefinition> = P extends {
  readonly credentials: infer C
}
  ? { readonly [K in keyof C]: string }
  : Readonly<Record<string, string>>
