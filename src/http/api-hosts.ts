import type { ClientContext } from '../context.ts'
import type { Params } from '../provider/params.ts'
import { assertSafeUrl, expandUrl, matchesPattern } from '../provider/template.ts'

/**
 * The address of an API call. A path goes onto the API base; a whole URL must be of an allowed origin. `//host` is a
 * host. Throws `host_not_allowed`, `params_invalid`.
 */
export function resolveApiUrl(context: ClientContext, input: string | URL, params: Params): URL {
  const { provider } = context
  const base = expandUrl(provider, provider.api.baseUrl, params)
  const text = typeof input === 'string' ? input : input.href
  const absolute = /^[a-z][a-z0-9+.-]*:/i.test(text) || /^[/\\]{2}/.test(text)
  const url = absolute
    ? assertSafeUrl(provider, text)
    : joined(`${base.href.replace(/\/$/, '')}/${text.replace(/^\//, '')}`, base)
  if (isApiOrigin(context, url, params)) return url
  throw context.fail({
    code: 'host_not_allowed',
    detail: `"${url.host}" is not an API host of this provider`,
  })
}

/** A path that no URL can hold is one of the caller's; the base itself is good. */
function joined(text: string, base: URL): URL {
  return URL.canParse(text) ? new URL(text) : base
}

/** Whether a redirect may be followed with the token. */
export function isAllowedUrl(context: ClientContext, url: URL, params: Params): boolean {
  try {
    return isApiOrigin(context, assertSafeUrl(context.provider, url.href), params)
  } catch {
    return false
  }
}

function isApiOrigin({ provider }: ClientContext, url: URL, params: Params): boolean {
  return [provider.api.baseUrl, ...(provider.api.hosts ?? [])].some((host) =>
    typeof host === 'string'
      ? expandUrl(provider, host, params).origin === url.origin
      : matchesPattern(host.pattern, url.origin),
  )
}
