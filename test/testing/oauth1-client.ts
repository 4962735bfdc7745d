import { createHmac, randomBytes } from 'node:crypto'
import { mockProvider } from '../../src/testing/index.ts'
import type { MockProviderOptions } from '../../src/testing/options.ts'
import { answer, clientId, clientSecret, redirectUri, testClock } from './plain-client.ts'
import type { headed, signed } from './protocol-definitions.ts'

export const callback = `${redirectUri}&state=flow-1`

const percent = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)

export interface SignedCall {
  readonly method?: string
  readonly form?: Readonly<Record<string, string>>
  /** Over the right ones; `undefined` leaves one out. */
  readonly oauth?: Readonly<Record<string, string | undefined>>
  readonly tokenSecret?: string | undefined
  readonly consumerSecret?: string
  /** After signing. */
  readonly spoil?: (header: string) => string
}

/** RFC 5849 by hand, after its own example; nothing of the library. */
function signedHeader(url: string, now: number, call: SignedCall): string {
  const oauth = Object.entries({
    oauth_consumer_key: clientId,
    oauth_signature_method: 'HMAC-SHA1',
    oauth_timestamp: String(Math.floor(now / 1000)),
    oauth_nonce: randomBytes(8).toString('hex'),
    oauth_version: '1.0',
    ...call.oauth,
  }).flatMap(([name, value]): [string, string][] => (value === undefined ? [] : [[name, value]]))
  const { origin, pathname, searchParams } = new URL(url)
  const text = [...oauth, ...searchParams, ...Object.entries(call.form ?? {})]
    .map(([name, value]) => `${percent(name)}=${percent(value)}`)
    .sort()
    .join('&')
  const base = [call.method ?? 'POST', origin + pathname, text].map(percent).join('&')
  const key = [call.consumerSecret ?? clientSecret, call.tokenSecret ?? ''].map(percent).join('&')
  const signature = createHmac('sha1', key).update(base).digest('base64')
  const all = [...oauth, ['oauth_signature', signature] as const]
  return `OAuth ${all.map(([name, value]) => `${percent(name)}="${percent(value)}"`).join(', ')}`
}

const closing: (() => Promise<void>)[] = []

export async function closeSigned(): Promise<void> {
  for (const close of closing.splice(0)) await close()
}

/** A simulator of an OAuth 1.0a provider, and a correct client of it. */
export async function signing(
  definition: typeof signed | typeof headed,
  options: Partial<MockProviderOptions> = {},
) {
  const clock = testClock()
  const mock = mockProvider(definition, { clientId, clientSecret, redirectUri, clock, ...options })
  const server = await mock.listen()
  closing.push(() => server.close())
  const { definition: moved } = server

  async function send(url: string, call: SignedCall = {}) {
    const header = signedHeader(url, clock(), call)
    const response = await fetch(url, {
      method: call.method ?? 'POST',
      headers: { authorization: call.spoil?.(header) ?? header },
      ...(call.form && { body: new URLSearchParams(call.form) }),
    })
    const answered = await answer(response)
    return { ...answered, fields: Object.fromEntries(new URLSearchParams(answered.text)) }
  }

  return {
    mock,
    clock,
    definition: moved,
    send,
    requestToken: (call: SignedCall = {}) =>
      send(moved.requestToken.url, { ...call, oauth: { oauth_callback: callback, ...call.oauth } }),
    authorizeUrl(token: string, more: Readonly<Record<string, string>> = {}) {
      const query = { oauth_token: token, expiration: 'never', scope: 'read,account', ...more }
      return `${moved.authorization.url}?${new URLSearchParams(query)}`
    },
    accessToken: (token: string, tokenSecret: string, verifier: string | undefined, call: SignedCall = {}) =>
      send(moved.accessToken.url, {
        tokenSecret,
        ...call,
        oauth: { oauth_token: token, oauth_verifier: verifier, ...call.oauth },
      }),
    /** All three steps. */
    async connect(consent = {}) {
      const { fields: temporary } = await this.requestToken()
      const { oauth_token: token = '', oauth_token_secret: secret = '' } = temporary
      const back = new URL(await mock.approve(this.authorizeUrl(token), consent)).searchParams
      const { fields } = await this.accessToken(token, secret, back.get('oauth_verifier') ?? undefined)
      return { token: fields.oauth_token ?? '', secret: fields.oauth_token_secret ?? '' }
    },
  }
}
