import type { AuthorizeResult } from '../client-types.ts'
import { OAuthError } from '../errors/oauth-error.ts'
import { nodeCrypto } from '../node-crypto.ts'
import { shortHash } from '../state/digest.ts'
import type { HandlerClient } from './options.ts'

/** How the cookie that ties a flow to its browser is written. */
export interface BindingCookieOptions {
  /** What the cookies' names begin with; default `latchkey_`. */
  readonly prefix?: string
  /** Sent to this domain and those below it: for a connect link on another host than the redirect URI. */
  readonly domain?: string
}

/** Seconds: as long as a `state` is good for. */
const maxAge = 600

/**
 * One cookie a flow (DESIGN §8): its name follows from the flow's `state`, its path is that of the callback, so that
 * any number of tabs can be under way and no cookie is sent anywhere else.
 */
export interface BindingCookies {
  /** A fresh value that only this browser will be able to present. */
  create(): string
  /** The `Set-Cookie` that begins a flow. A state that the provider does not bring back stays in it too. */
  set(client: HandlerClient, flow: BegunFlow, binding: string): string
  /** The `Set-Cookie` that ends it. */
  clear(client: HandlerClient, state: string): string
  /** What came back, if anything did. `state`: the callback's own. */
  read(request: Request, state: string): PresentedCookie | undefined
}

type BegunFlow = Pick<AuthorizeResult, 'state' | 'flowId'>

interface PresentedCookie {
  readonly binding: string
  /** The whole state, where the callback only carries the flow's id (OAuth 1.0a, Plaid Link). */
  readonly state?: string
}

/** Throws `config_invalid` for a prefix or a domain that cannot stand in a cookie. */
export function createBindingCookies(options: BindingCookieOptions = {}): BindingCookies {
  const { prefix = 'latchkey_', domain } = options
  if (!/^[\w-]*$/.test(prefix) || prefix.startsWith('__Host-'))
    throw new OAuthError({
      code: 'config_invalid',
      detail:
        'cookie.prefix takes letters, digits, "_" and "-", and cannot be __Host- (the cookie has a path)',
    })
  if (domain !== undefined && !/^[a-z0-9.-]+$/i.test(domain))
    throw new OAuthError({ code: 'config_invalid', detail: 'cookie.domain must be a domain name' })
  const nameOf = (state: string) => prefix + shortHash(state, 12)
  const write = (client: HandlerClient, state: string, value: string, seconds: number) => {
    const redirectUri = new URL(client.redirectUri)
    // A form_post answer is a cross-site POST: browsers send it only SameSite=None cookies, and those only if Secure.
    const { provider } = client
    const crossSite = provider.protocol === 'oauth2' && provider.authorization.responseMode === 'form_post'
    return [
      `${nameOf(state)}=${value}`,
      `Path=${redirectUri.pathname}`,
      ...(domain === undefined ? [] : [`Domain=${domain}`]),
      `Max-Age=${seconds}`,
      'HttpOnly',
      `SameSite=${crossSite ? 'None' : 'Lax'}`,
      ...(crossSite || redirectUri.protocol === 'https:' ? ['Secure'] : []),
    ].join('; ')
  }
  return {
    create: () => nodeCrypto().randomBytes(32).toString('base64url'),
    set: (client, { state, flowId }, binding) =>
      flowId === undefined
        ? write(client, state, binding, maxAge)
        : write(client, flowId, `${binding}.${state}`, maxAge),
    clear: (client, state) => write(client, state, '', 0),
    read(request, state) {
      const value = readCookie(request.headers.get('cookie') ?? '', nameOf(state))
      if (value === undefined) return undefined
      const dot = value.indexOf('.')
      return dot < 0 ? { binding: value } : { binding: value.slice(0, dot), state: value.slice(dot + 1) }
    },
  }
}

function readCookie(header: string, name: string): string | undefined {
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=')
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim()
  }
  return undefined
}
