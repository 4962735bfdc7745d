import { isSafeRedirectPath } from '../state/redirect-path.ts'

/** On every answer: a URL or a page of a flow is nobody else's to keep or to see (DESIGN §8). */
export const always = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const

/** A response with the headers that every answer has. `more` may repeat a name (Set-Cookie). */
export function respond(
  status: number,
  body: string | null,
  headers: Readonly<Record<string, string>>,
  more?: Headers,
): Response {
  const all = new Headers({ ...headers, ...always })
  for (const [name, value] of more ?? []) all.append(name, value)
  return new Response(body, { status, headers: all })
}

export function respondJson(status: number, body: unknown, more?: Headers): Response {
  return respond(status, JSON.stringify(body), { 'content-type': 'application/json; charset=utf-8' }, more)
}

/** Our own refusals, in the shape that every JSON error of the handler has. */
export function refuse(status: number, code: string, message: string, more?: Headers): Response {
  return respondJson(status, { error: { code, message } }, more)
}

/** 303: whatever the method was, the browser goes on with GET (RFC 9110 §15.4.4). */
export function redirect(location: string, more?: Headers): Response {
  return respond(303, null, { location }, more)
}

/** The same answer without its body, for HEAD. */
export function withoutBody(response: Response): Response {
  return new Response(null, { status: response.status, headers: response.headers })
}

/**
 * A path of the application's own with what became of the flow in its query. The path keeps its spelling, fragment
 * included: resolving it would make `//host` of `/.//host`. Marks of an earlier flow are replaced.
 */
export function pathWithOutcome(path: string, outcome: Readonly<Record<string, string>>): string {
  const safe = isSafeRedirectPath(path) ? asciiOnly(path) : '/'
  const hash = safe.indexOf('#')
  const [beforeHash, fragment] = hash < 0 ? [safe, ''] : [safe.slice(0, hash), safe.slice(hash)]
  const question = beforeHash.indexOf('?')
  const [pathname, query] =
    question < 0 ? [beforeHash, ''] : [beforeHash.slice(0, question), beforeHash.slice(question + 1)]
  const given = query.split('&').filter(Boolean)
  const failedBefore = given.some((pair) => pair.startsWith('oauth_error='))
  const stale = failedBefore ? /^(?:connected|oauth_error|provider)=/ : /^connected=/
  const pairs = given.filter((pair) => !stale.test(pair))
  for (const [name, value] of Object.entries(outcome)) pairs.push(`${name}=${encodeURIComponent(value)}`)
  return `${pathname}?${pairs.join('&')}${fragment}`
}

/** Header values are bytes: what is not printable ASCII is percent-encoded as UTF-8. */
function asciiOnly(path: string): string {
  return path.replace(/[^\x21-\x7e]+/g, (text) => encodeURIComponent(Buffer.from(text).toString()))
}
