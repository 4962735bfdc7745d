import { createRequire } from 'node:module'
import type * as Msw from 'msw'
import type { HttpHandler } from 'msw'
import type { SimulatedRequest, SimulatedResponse } from './simulated-message.ts'

/**
 * One MSW handler for each pattern of addresses. msw is loaded here, on first use, so that importing
 * `latchkey/testing` does not need it. What the core does not know goes on to the other handlers.
 */
export function mswHandlers(
  handle: (request: SimulatedRequest) => Promise<SimulatedResponse | undefined>,
  patterns: readonly RegExp[],
): HttpHandler[] {
  const { http, HttpResponse }: typeof Msw = createRequire(import.meta.url)('msw')
  return patterns.map((pattern) =>
    http.all(pattern, async ({ request }) => {
      const simulated = await handle({
        method: request.method,
        url: new URL(request.url),
        headers: Object.fromEntries(request.headers),
        body: await request.clone().text(),
      })
      if (simulated === undefined) return undefined
      if (simulated === 'reset') return HttpResponse.error()
      const { status, headers, body } = simulated
      const hasBody = body !== '' && status !== 204 && status !== 304
      return new HttpResponse(hasBody ? body : null, { status, headers })
    }),
  )
}
