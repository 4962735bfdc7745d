import { expect } from 'vitest'
import type { OAuthClientOptions } from '../../src/types.ts'
import type { DocumentedRequest, FlowRow } from './flow-row.ts'
import { type Answer, documented, openClient, ref, type Sent, type Stage, signShopify } from './flow-stage.ts'

/** What a test changes about a row's walk. */
export interface Detour {
  readonly token?: Answer
  readonly params?: Readonly<Record<string, string>>
  readonly options?: OAuthClientOptions
}

/** A client at the beginning of a row's flow, and the ways on from there. */
export function begin(stage: Stage, row: FlowRow, { token, params = row.params, options = {} }: Detour = {}) {
  const opened = openClient(row.definition, {
    ...options,
    redirectUri: options.redirectUri ?? row.redirectUri,
  })
  const { client } = opened
  const { id } = row.definition
  const authorize = () =>
    client.authorize({ ...ref, userId: 'u1', redirectPath: '/integrations', ...(params && { params }) })

  /** The redirect URI as the browser comes back to it. */
  function returnTo(state: string, query: Readonly<Record<string, string>> = row.callback): URL {
    const signed = { ...query, state }
    const url = new URL(row.redirectUri)
    const all = row.signed ? { ...signed, hmac: signShopify(signed) } : signed
    for (const [name, value] of Object.entries(all)) url.searchParams.set(name, value)
    return url
  }

  return {
    ...opened,
    authorize,
    returnTo,

    /** Through consent to a stored connection. */
    async connect() {
      stage.answer(row.exchange.endpoint, token ?? documented(id, 'token'))
      for (const { endpoint, answer } of row.learning) stage.answer(endpoint, documented(id, answer))
      const { url, state } = await authorize()
      const result = await client.callback(returnTo(state))
      return { ...result, authorizationUrl: new URL(url) }
    },

    /** The same with tokens that can be refreshed; what was sent so far is forgotten. */
    async connectRefreshable() {
      token ??= row.refresh?.from ? documented(id, row.refresh.from) : undefined
      const result = await this.connect()
      stage.sent.length = 0
      return result
    },

    /** Asks for a token as whoever finds the old one ended or refused. */
    async tokenAfterItsEnd() {
      if (row.refresh?.because !== 'rejected') {
        opened.setTime(Date.parse('2026-11-22T12:00:00.000Z'))
        return client.getAccessToken(ref)
      }
      return client.getAccessToken(ref, { rejected: row.tokens.accessToken })
    },

    /** Each refresh token gets the answer that is documented for it; any other request has none. */
    answerRefresh() {
      const requests = row.refresh?.requests ?? []
      stage.answer(refreshEndpoint(row), ({ body }) => {
        const asked = requests.find((request) => JSON.stringify(request.body) === JSON.stringify(body))
        const same = requests.find((request) => tokenIn(request.body) === tokenIn(body))
        const found = asked ?? same
        if (!found) throw new Error('a refresh with a token that was never given')
        return documented(id, found.answer)
      })
    },
  }
}

/** Where a refresh goes: to the token endpoint, or to one of its own (figma). */
export function refreshEndpoint(row: FlowRow): string {
  return row.refresh?.requests[0]?.endpoint ?? row.exchange.endpoint
}

function tokenIn(body: unknown): unknown {
  return typeof body === 'object' && body !== null && Reflect.get(body, 'refresh_token')
}

/** A request is the documented one: URL, whole query, the headers spoken of, whole body. */
export function expectRequest(sent: Sent | undefined, documentedRequest: DocumentedRequest): void {
  const { endpoint, query = {}, headers, body } = documentedRequest
  expect(sent?.endpoint).toBe(endpoint)
  expect(sent?.query).toEqual(query)
  const spokenOf = Object.keys(headers).map((name) => [name, sent?.headers[name]])
  expect(Object.fromEntries(spokenOf)).toEqual(headers)
  expect(sent?.body).toEqual(body)
}
