import type { z } from 'zod'
import type { createProviderSchema } from './schema.ts'

type DeepReadonly<T> = T extends (infer E)[]
  ? readonly DeepReadonly<E>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T

/** Data that describes one integration. Inferred from the one schema in `schema.ts`. */
export type ProviderDefinition = DeepReadonly<z.infer<ReturnType<typeof createProviderSchema>>>

export type ParamDefinition = NonNullable<ProviderDefinition['params']>[string]
export type TokenRequestDefinition = ProviderDefinition['token']
export type RefreshDefinition = Exclude<ProviderDefinition['refresh'], false>
export type ApiDefinition = ProviderDefinition['api']
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

/** The `params` of `authorize`, as the definition declares them: required ones are compile errors when missing. */
export type AuthorizeParams<P extends ProviderDefinition> = string extends P['id']
  ? { readonly params?: Readonly<Record<string, string>> }
  : [RequiredParamNames<ParamsOf<P>>] extends [never]
    ? { readonly params?: OnlyNames<TenantParamNames<ParamsOf<P>>> }
    : {
        readonly params: {
          readonly [K in RequiredParamNames<ParamsOf<P>>]: string
        } & { readonly [K in TenantParamNames<ParamsOf<P>>]?: string }
      }
