import { type DocumentedKind, documentedAnswer, documentedSign } from './documented-answer.ts'
import type { Endpoint } from './routes.ts'
import { jsonAnswer, type SimulatedResponse } from './simulated-message.ts'
import type { Simulation } from './simulation.ts'

interface FaultBase {
  /** `token` covers every exchange and refresh, `api` the history. Default: any but the consent page. */
  readonly on?: Exclude<Endpoint, 'history'>
  /** How many requests it spoils; default 1. */
  readonly times?: number
  /** The request is carried out before its answer is lost or replaced: a rotation that the client never hears of. */
  readonly processed?: boolean
  /** Over the fault's own. */
  readonly headers?: Readonly<Record<string, string>>
}

/** One kind of provider misbehaviour. */
export type Fault = FaultBase &
  (
    | {
        readonly kind: 'html'
        readonly status?: number
        readonly contentType?: string
        readonly title?: string
      }
    | { readonly kind: 'empty'; readonly status?: number }
    /** The true answer, cut in half. The request is carried out. */
    | { readonly kind: 'truncated' }
    /** The true answer, after `ms` or once `until` resolves. */
    | { readonly kind: 'slow'; readonly ms?: number; readonly until?: Promise<void> }
    /** The connection breaks without an answer. */
    | { readonly kind: 'reset' }
    /** `retryAfter`: seconds, or an HTTP date; default 1. */
    | { readonly kind: 'rate-limited'; readonly retryAfter?: number | string }
    /** `body: 'none'` sends an empty one. */
    | { readonly kind: 'server-error'; readonly status?: number; readonly body?: 'json' | 'none' }
    /** Valid JSON of more than 1 MiB. */
    | { readonly kind: 'oversized'; readonly status?: number }
    | { readonly kind: 'redirect'; readonly status?: number; readonly location?: string }
    | { readonly kind: 'json'; readonly body: unknown; readonly status?: number }
    /**
     * What the definition itself knows such an answer by: the first of its signs, in the provider's own shape. Default
     * `on`: refresh or API, as the name says. `retryAfter`: seconds until the limit ends, in the provider's own header.
     */
    | { readonly kind: DocumentedKind; readonly retryAfter?: number }
  )

const covers: Partial<Record<Endpoint, readonly Endpoint[]>> = {
  token: ['token', 'exchange', 'refresh', 'long-lived', 'request-token'],
  api: ['api', 'history'],
}

/** The faults that wait for a request, in the order in which they were asked for. */
export class FaultQueue {
  #waiting: { readonly fault: Fault; left: number }[] = []

  add(fault: Fault): void {
    this.#waiting.push({ fault, left: fault.times ?? 1 })
  }

  clear(): void {
    this.#waiting = []
  }

  /** Takes the first that is meant for this endpoint. */
  take(endpoint: Endpoint): Fault | undefined {
    const found = this.#waiting.find(({ fault }) => isFor(fault, endpoint))
    if (!found) return undefined
    found.left -= 1
    if (found.left <= 0) this.#waiting = this.#waiting.filter((each) => each !== found)
    return found.fault
  }
}

function isDocumented(fault: Fault): fault is Extract<Fault, { kind: DocumentedKind }> {
  return /^(?:refresh|api)-/.test(fault.kind)
}

/** Throws where the definition does not know the answer that is asked for. */
export function checkFault({ definition }: Simulation, fault: Fault): void {
  if (isDocumented(fault)) documentedSign(definition, fault.kind)
}

function isFor(fault: Fault, endpoint: Endpoint): boolean {
  const { on = isDocumented(fault) ? (fault.kind.startsWith('refresh') ? 'refresh' : 'api') : undefined } =
    fault
  if (on === undefined) return endpoint !== 'authorization'
  return on === endpoint || (covers[on]?.includes(endpoint) ?? false)
}

/** Plays a fault around the true answer, which is asked for only where the fault lets the request be carried out. */
export async function playFault(
  simulation: Simulation,
  fault: Fault,
  answer: () => SimulatedResponse,
): Promise<SimulatedResponse> {
  if (fault.kind === 'slow') {
    const early = fault.processed ? answer() : undefined
    await (fault.until ?? new Promise<void>((resolve) => setTimeout(resolve, fault.ms ?? 0)))
    return withHeaders(early ?? answer(), fault.headers)
  }
  const real = fault.kind === 'truncated' || fault.processed ? answer() : undefined
  return withHeaders(spoil(simulation, fault, real), fault.headers)
}

function spoil(
  { definition, clock }: Simulation,
  fault: Exclude<Fault, { kind: 'slow' }>,
  real: SimulatedResponse | undefined,
): SimulatedResponse {
  switch (fault.kind) {
    case 'html':
      return {
        status: fault.status ?? 200,
        headers: { 'content-type': fault.contentType ?? 'text/html; charset=utf-8' },
        body: page(fault.title ?? 'Down for maintenance'),
      }
    case 'empty':
      return { status: fault.status ?? 200, headers: { 'content-type': 'application/json' }, body: '' }
    case 'truncated':
      if (real === undefined || real === 'reset') return 'reset'
      return { ...real, body: real.body.slice(0, Math.floor(real.body.length / 2)) }
    case 'reset':
      return 'reset'
    case 'rate-limited':
      return jsonAnswer(
        429,
        { error: 'rate_limited', error_description: 'Too many requests' },
        { 'retry-after': String(fault.retryAfter ?? 1) },
      )
    case 'server-error': {
      const status = fault.status ?? 500
      if (fault.body === 'none') return { status, headers: {}, body: '' }
      return jsonAnswer(status, {
        error: 'server_error',
        error_description: 'Something went wrong on our side',
      })
    }
    case 'oversized':
      return jsonAnswer(fault.status ?? 200, { padding: 'x'.repeat(2 ** 20 + 1) })
    case 'redirect':
      return {
        status: fault.status ?? 302,
        headers: { location: fault.location ?? 'https://elsewhere.example/' },
        body: '',
      }
    case 'json':
      return jsonAnswer(fault.status ?? 200, fault.body)
    default:
      return documentedAnswer(definition, fault.kind, { now: clock(), retryAfter: fault.retryAfter })
  }
}

function page(title: string): string {
  const safe = title.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`)
  return `<!DOCTYPE html>\n<html><head><title>${safe}</title></head><body><h1>${safe}</h1></body></html>\n`
}

function withHeaders(
  response: SimulatedResponse,
  headers: Readonly<Record<string, string>> | undefined,
): SimulatedResponse {
  if (response === 'reset' || !headers) return response
  const own = Object.entries(headers).map(([name, value]): [string, string] => [name.toLowerCase(), value])
  return { ...response, headers: { ...response.headers, ...Object.fromEntries(own) } }
}
