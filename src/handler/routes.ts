/** What one path asks for. `id` is a provider's id, which need not exist. */
export type Route =
  | { readonly kind: 'list' | 'syncs' }
  | { readonly kind: 'integration' | 'connect' | 'callback' | 'sync'; readonly id: string }
  | { readonly kind: 'unknown' }

/** One leading slash, none at the end; `/` becomes the empty string. */
export function normalizeBasePath(basePath: string): string {
  const trimmed = basePath.replace(/^\/+|\/+$/g, '')
  return trimmed && `/${trimmed}`
}

/**
 * Reads a pathname that ends with the base path and what follows it, so that it does not matter under which prefix a
 * framework has mounted the handler. `undefined`: the path lies outside the base.
 */
export function matchRoute(pathname: string, base: string): Route | undefined {
  const segments = pathname.replace(/\/$/, '').split('/')
  const below = (tail: number) => {
    const head = segments.slice(0, segments.length - tail).join('/')
    return base === '' ? head === '' : head.endsWith(base)
  }
  const last = segments.at(-1) ?? ''
  if (segments.length > 2 && (last === 'connect' || last === 'callback' || last === 'sync') && below(2))
    return { kind: last, id: segments.at(-2) ?? '' }
  if (segments.length > 1 && below(1))
    return last === 'sync' ? { kind: 'syncs' } : { kind: 'integration', id: last }
  if (below(0)) return { kind: 'list' }
  return `${pathname}/`.includes(`${base}/`) ? { kind: 'unknown' } : undefined
}

const methods = {
  list: ['GET', 'HEAD'],
  connect: ['GET', 'HEAD'],
  connectByKey: ['POST'],
  callback: ['GET', 'HEAD', 'POST'],
  integration: ['DELETE'],
  syncs: ['GET', 'HEAD'],
  sync: ['GET', 'HEAD', 'POST'],
} as const

/** The methods a route answers to. */
export function allowedMethods(kind: keyof typeof methods): readonly string[] {
  return methods[kind]
}
