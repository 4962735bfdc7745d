import { createHmac, randomBytes } from 'node:crypto'

/** What is signed. `url` with its query; `form`: the fields of a form body. */
interface OAuth1Request {
  readonly method: string
  readonly url: string
  readonly form?: Iterable<readonly [name: string, value: string]>
}

export interface OAuth1Credentials {
  readonly consumerKey: string
  readonly consumerSecret: string
  /** The temporary or token credentials, once there are any. */
  readonly token?: string | undefined
  readonly tokenSecret?: string | undefined
}

interface OAuth1Options {
  /** ms since 1970. */
  readonly now: number
  /** Default: random. */
  readonly nonce?: string
  /** `oauth_callback`, `oauth_verifier`. */
  readonly more?: Readonly<Record<string, string>>
  /** `oauth_version`, which RFC 5849 §3.1 leaves to the client. Default: sent. */
  readonly version?: boolean
}

/** The value of an `Authorization` header that signs a request with HMAC-SHA1 (RFC 5849 §3.1, §3.5.1). */
export function signOAuth1(
  request: OAuth1Request,
  credentials: OAuth1Credentials,
  { now, nonce = randomBytes(16).toString('hex'), more = {}, version = true }: OAuth1Options,
): string {
  const parameters: Record<string, string> = {
    oauth_consumer_key: credentials.consumerKey,
    ...(credentials.token !== undefined && { oauth_token: credentials.token }),
    oauth_signature_method: 'HMAC-SHA1',
    oauth_timestamp: String(Math.floor(now / 1000)),
    oauth_nonce: nonce,
    ...(version && { oauth_version: '1.0' }),
    ...more,
  }
  const signature = createHmac('sha1', signingKey(credentials))
    .update(signatureBaseString(request, Object.entries(parameters)))
    .digest('base64')
  const fields = Object.entries({ ...parameters, oauth_signature: signature })
  return `OAuth ${fields.map(([name, value]) => `${encode(name)}="${encode(value)}"`).join(', ')}`
}

/** RFC 5849 §3.4.2. */
function signingKey({ consumerSecret, tokenSecret = '' }: OAuth1Credentials): string {
  return `${encode(consumerSecret)}&${encode(tokenSecret)}`
}

/** RFC 5849 §3.4.1: method, address and sorted parameters, each encoded once more. */
export function signatureBaseString(
  { method, url, form = [] }: OAuth1Request,
  parameters: Iterable<readonly [name: string, value: string]>,
): string {
  const { protocol, host, pathname, search } = new URL(url)
  const pairs = [...decodePairs(search.slice(1)), ...form, ...parameters]
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
  return [method.toUpperCase(), encode(`${protocol}//${host}${pathname}`), encode(pairs)].join('&')
}

/** §3.4.1.3.1: decoded as a form, where a plus is a space. Kept as bytes, which need not be UTF-8 (§3.6). */
function decodePairs(query: string): [name: Buffer, value: Buffer][] {
  return query
    .split('&')
    .filter((piece) => piece !== '')
    .map((piece) => {
      const [name = '', ...value] = piece.split('=')
      return [decode(name), decode(value.join('='))]
    })
}

/** A parsed URL's query is ASCII. */
function decode(text: string): Buffer {
  const bytes = text
    .replaceAll('+', ' ')
    .replace(/%([0-9a-f]{2})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1')
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** RFC 5849 §3.6: every byte but letters, digits, `-`, `.`, `_` and `~`, in capitals. */
function encode(text: string | Buffer): string {
  return Buffer.from(text)
    .toString('latin1')
    .replace(
      /[^A-Za-z0-9\-._~]/g,
      (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    )
}
