import { expect } from 'vitest'
import { z } from 'zod'
import { trelloOauth1 } from '../../providers/trello-oauth1.ts'
import { documented, documentedQuery, type Sent } from '../providers/flow-stage.ts'
import type { CarriedFlow } from './carried-flow.ts'
import { isSigned, readHeader, type SharedSecrets } from './oauth1-verifier.ts'

export const id = 'trello-oauth1'
export const redirectUri = 'https://app.example.com/oauth/trello-oauth1/callback'
export const requestToken = '5f0c8d7a3b1e49d6a2c4e8f01b3d5a79'
export const requestSecret = '9a7c5e3b1d0f2846a8c0e2f4b6d8091a'
export const accessToken = 'ATTA0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdefSAMPLE00'
export const tokenSecret = 'c1e3a5b7d9f0123456789abcdef01234'
export const endpoints = {
  requestToken: 'POST https://trello.com/1/OAuthGetRequestToken',
  accessToken: 'POST https://trello.com/1/OAuthGetAccessToken',
  identity: 'GET https://api.trello.com/1/members/me',
  revoke: `DELETE https://api.trello.com/1/tokens/${accessToken}`,
  boards: 'GET https://api.trello.com/1/members/me/boards',
}
export const credential = `OAuth oauth_consumer_key="client-id", oauth_token="${accessToken}"`

export const flow: CarriedFlow = {
  definition: trelloOauth1,
  redirectUri,
  params: { appName: 'Acme & Söhne' },
  returned: documentedQuery(id, 'callback'),
  hidden: [requestSecret],
  prepare(stage) {
    stage.answer(endpoints.requestToken, documented(id, 'request-token'))
    stage.answer(endpoints.accessToken, documented(id, 'token'))
    stage.answer(endpoints.identity, documented(id, 'identity'))
  },
}

const fields = z.record(z.string(), z.union([z.string(), z.array(z.string())]))

function pairs(query: unknown): [string, string][] {
  return Object.entries(fields.parse(query ?? {})).flatMap(([name, values]) =>
    [values].flat().map((value): [string, string] => [name, value]),
  )
}

/** A body of any other kind is none of a signature's business (§3.4.1.3.1). */
function formOf(sent: Sent | undefined): string {
  const isForm = sent?.headers['content-type']?.startsWith('application/x-www-form-urlencoded')
  return isForm ? new URLSearchParams(pairs(sent?.body)).toString() : ''
}

/** The OAuth parameters of a request whose signature a server would take; what changes each time only by its shape. */
export function signedParameters(sent: Sent | undefined, secrets: SharedSecrets): Record<string, string> {
  const [method = '', url = ''] = sent?.endpoint.split(' ') ?? []
  const authorization = sent?.headers.authorization ?? ''
  const query = new URLSearchParams(pairs(sent?.query))
  const whole = query.size > 0 ? `${url}?${query}` : url
  expect(isSigned({ method, url: whole, authorization, form: formOf(sent) }, secrets)).toBe(true)
  const { oauth_signature, oauth_nonce, ...rest } = Object.fromEntries(readHeader(authorization))
  expect(oauth_nonce).toMatch(/^[0-9a-f]{32}$/)
  return rest
}
