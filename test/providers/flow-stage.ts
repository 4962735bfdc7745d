import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { z } from 'zod'
import { createOAuthClient } from '../../src/create-client.ts'
import type { OAuthError } from '../../src/errors/oauth-error.ts'
import type { ProviderDefinition } from '../../src/provider/definition.ts'
import { memoryStore } from '../../src/stores/memory-store.ts'
import type { HistoricalSyncJob, OAuthClientOptions } from '../../src/types.ts'

const response = z.object({
  status: z.number(),
  headers: z.record(z.string(), z.string()),
  body: z.unknown(),
})
const redirect = z.object({ query: z.record(z.string(), z.string()) })

export type Answer = z.infer<typeof response>

function read(id: string, name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../fixtures/${id}/${name}.json`, import.meta.url), 'utf8'))
}

/** A documented response of `test/fixtures/<id>/`. */
export const documented = (id: string, name: string): Answer => response.parse(read(id, name))

/** The query of a documented redirect. */
export const documentedQuery = (id: string, name: string) => redirect.parse(read(id, name)).query

export const json = (body: unknown, status = 200): Answer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body,
})

export const gatewayPage: Answer = {
  status: 503,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: '<!DOCTYPE html><html><head><title>503 Service Temporarily Unavailable</title></head></html>',
}

/** A request as it reached the provider's host. */
export interface Sent {
  readonly endpoint: string
  readonly query: Readonly<Record<string, string | readonly string[]>>
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

/** A repeated name becomes a list, so that it cannot pass for one value. */
function fields(query: URLSearchParams): Record<string, string | readonly string[]> {
  return Object.fromEntries(
    [...new Set(query.keys())].map((name) => {
      const [first = '', ...more] = query.getAll(name)
      return [name, more.length > 0 ? [first, ...more] : first]
    }),
  )
}

async function asSent(request: Request): Promise<Sent> {
  const url = new URL(request.url)
  const text = await request.text()
  const isJson = request.headers.get('content-type')?.startsWith('application/json')
  return {
    endpoint: `${request.method} ${url.origin}${url.pathname}`,
    query: fields(url.searchParams),
    headers: Object.fromEntries(request.headers),
    body: text === '' ? undefined : isJson ? JSON.parse(text) : fields(new URLSearchParams(text)),
  }
}

function respond({ status, headers, body }: Answer): Response {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return new HttpResponse(text === '' ? null : text, { status, headers })
}

/** MSW on the providers' own hosts, for the tests of one file; whatever is not expected is an error. */
export function useStage() {
  const server = setupServer()
  const sent: Sent[] = []
  beforeAll(() => server.listen({ onUnhandledRequest: 'error' }))
  afterEach(() => {
    server.resetHandlers()
    sent.length = 0
  })
  afterAll(() => server.close())
  return {
    /** Everything that reached an expected endpoint, in order. */
    sent,
    /** Answers in turn; the last answer stays. */
    answer(endpoint: string, ...answers: readonly [Choice, ...Choice[]]) {
      const [method, url = ''] = endpoint.split(' ')
      let turn = 0
      const handler = http.all(url, async ({ request }) => {
        if (request.method !== method) return undefined
        const arrived = await asSent(request)
        sent.push(arrived)
        const choice = answers[Math.min(turn++, answers.length - 1)] ?? answers[0]
        return respond(typeof choice === 'function' ? choice(arrived) : choice)
      })
      server.use(handler)
    },
  }
}

type Choice = Answer | ((arrived: Sent) => Answer)
export type Stage = ReturnType<typeof useStage>

export const started = Date.parse('2026-11-21T12:00:00.000Z')
export const ref = { tenantId: 't1' }

/** A client made the way an application makes one: no `fetch` option, so the transport rule has to find MSW. */
export function openClient(
  definition: ProviderDefinition,
  { redirectUri, ...options }: OAuthClientOptions & { readonly redirectUri: string },
) {
  let now = started
  const jobs: HistoricalSyncJob[] = []
  const reconnects: OAuthError[] = []
  const reported: OAuthError[] = []
  const client = createOAuthClient(definition, {
    clientId: 'client-id',
    clientSecret: 'client-secret',
    redirectUri,
    secret: 'a secret of this test, 32 bytes or longer',
    store: memoryStore(),
    clock: () => now,
    sync: {
      start(job) {
        jobs.push(job)
        return 'job-1'
      },
    },
    hooks: {
      onReconnectRequired: ({ error }) => reconnects.push(error),
      onError: ({ error }) => reported.push(error),
    },
    ...options,
  })
  return {
    client,
    jobs,
    reconnects,
    reported,
    setTime(at: number) {
      now = at
    },
  }
}

/** Shopify's signature as its page describes it: the sorted parameters but `hmac`, HMAC-SHA256, hex. */
export function signShopify(query: Readonly<Record<string, string>>, secret = 'client-secret'): string {
  const text = Object.entries(query)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
  return createHmac('sha256', secret).update(text).digest('hex')
}
