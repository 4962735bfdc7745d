import { OAuthError } from '../errors/oauth-error.ts'

/**
 * A path of the application's own site: begins with one `/`, and no browser takes it for another host. `//` and `/\`
 * are hosts to a browser; tabs and newlines are dropped by it, which can make one (DESIGN §8).
 */
export function isSafeRedirectPath(path: string): boolean {
  if (path.length > 2_000) return false
  // Nearly every one: words between single slashes, in which no parser finds anything else.
  if (/^\/(?:[\w-]+\/)*[\w-]*(?:\?[\w=&-]*)?$/.test(path)) return true
  if (!path.startsWith('/') || /^\/[/\\]/.test(path)) return false
  // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing control characters is the purpose
  if (/[\u0000-\u001f\u007f\\]/.test(path)) return false
  const base = 'https://own.invalid'
  if (!URL.canParse(path, base)) return false
  // `/.//host` is a path of this site, but resolving it leaves `//host`, which is not.
  const { origin, pathname } = new URL(path, base)
  return origin === base && !pathname.startsWith('//')
}

export function assertRedirectPath(path: string, provider: string, providerName: string): string {
  if (isSafeRedirectPath(path)) return path
  throw new OAuthError({
    code: 'params_invalid',
    provider,
    providerName,
    detail:
      'redirectPath must be a path of your own site: "/…", not "//", no backslash, no control characters',
  })
}
