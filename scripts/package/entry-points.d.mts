export const root: string
export const manifest: { readonly [key: string]: unknown }
export const providerIds: readonly string[]
export const entryPoints: readonly { readonly specifier: string; readonly base: string }[]
export const programs: readonly string[]
