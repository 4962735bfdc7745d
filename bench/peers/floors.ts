import { createHash, randomBytes } from 'node:crypto'
import { flow, registration } from '../setting/acme.ts'
import type { Peer } from './peer.ts'

// The same work with nothing around it: nothing is checked, sealed, stored or explained.

export function authorizationByHand(origin: string): string {
  const { clientId, redirectUri, scopes } = registration
  const verifier = randomBytes(32).toString('base64url')
  const url = new URL(`${origin}/authorize`)
  url.searchParams.set('response_type', 'code')
  url.searchParams.set('client_id', clientId)
  url.searchParams.set('redirect_uri', redirectUri)
  url.searchParams.set('scope', scopes.join(' '))
  url.searchParams.set('state', randomBytes(32).toString('base64url'))
  url.searchParams.set('code_challenge', createHash('sha256').update(verifier).digest('base64url'))
  url.searchParams.set('code_challenge_method', 'S256')
  return url.href
}

export type Exchange = Peer['exchange']

/** What every contender sends, on the wire the same. */
function exchangeRequest(code: string) {
  const { clientId, clientSecret, redirectUri } = registration
  const form = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: flow.codeVerifier,
    client_id: clientId,
    client_secret: clientSecret,
  }
  return {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  } as const
}

function accessTokenOf(answer: unknown): string {
  return String(Reflect.get(Object(answer), 'access_token'))
}

export function exchangeByFetch(origin: string): Exchange {
  return async (code) => accessTokenOf(await (await fetch(`${origin}/token`, exchangeRequest(code))).json())
}

/** `isOwn`: on an Agent of undici's own, else on the global dispatcher, which in a process that uses fetch is Node's. */
export async function exchangeByUndici(origin: string, isOwn: boolean): Promise<Exchange> {
  // Node installs its own dispatcher first, as in a process that has used fetch; else undici's would be everybody's.
  void new Headers()
  const { Agent, request } = await import('undici')
  const dispatcher = isOwn ? { dispatcher: new Agent() } : {}
  return async (code) => {
    const { body } = await request(`${origin}/token`, { ...exchangeRequest(code), ...dispatcher })
    return accessTokenOf(await body.json())
  }
}
