/**
 * Whether a request that changes something comes from the application's own pages (CSRF). Browsers say so in
 * `Sec-Fetch-Site`, older ones in `Origin`; a request with neither and without a cookie is a server's.
 * `redirectUri` gives the public origin where a proxy hides it from the request.
 */
export function isOwnRequest(request: Request, redirectUri: string): boolean {
  const site = request.headers.get('sec-fetch-site')
  if (site === 'same-origin' || site === 'none') return true
  if (site !== null && site !== 'same-site') return false
  const origin = request.headers.get('origin')
  if (origin !== null)
    return (
      origin === new URL(request.url).origin ||
      (URL.canParse(redirectUri) && origin === new URL(redirectUri).origin)
    )
  return site === null && !request.headers.has('cookie')
}
