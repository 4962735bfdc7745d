import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tokenId } from './commands.ts'
import { accessTokenIn, refreshTokenIn } from './token-answer.ts'

/** What becomes of one refresh between a worker and the provider. */
export type WireFault =
  /** No answer, and the connection stays open. `after`: the provider has carried it out. */
  | { readonly kind: 'hang'; readonly when: 'before' | 'after' }
  | { readonly kind: 'reset'; readonly when: 'before' | 'after' }
  /** The provider carries it out, and something else than its answer arrives. */
  | {
      readonly kind: 'replaced'
      readonly status: number
      readonly body: string
      readonly retryAfter?: string
    }
  /** The first half of the true answer. */
  | { readonly kind: 'truncated' }
  /** The true answer after so many ms. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** The process that asked is killed: before the provider has it, or once it has carried it out. */
  | { readonly kind: 'kill'; readonly when: 'before' | 'after' }

/** One refresh that the provider carried out. */
export interface Rotation {
  readonly worker: string
  /** The refresh token that was presented. */
  readonly presented: string
  readonly accessToken: string
  /** Absent where the provider does not rotate. */
  readonly refreshToken: string | undefined
  /** When, on `performance.now`. */
  readonly at: number
}

/** The header by which a worker says who it is; it goes no further than here. */
export const workerHeader = 'x-worker'

/**
 * What lies between the workers and the provider: it loses answers, and keeps account of every refresh that the provider
 * has carried out, whether or not anybody heard of it.
 */
export async function startWire(target: string, kill: (worker: string) => Promise<void>) {
  const rotations: Rotation[] = []
  const lateReuses: string[] = []
  let faults: WireFault[] = []
  const refreshes: string[] = []
  const server = createServer((request, response) => {
    carry(request, response).catch(() => request.socket.destroy())
  })

  async function carry(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString()
    const form = new URLSearchParams(body)
    if (form.get('grant_type') !== 'refresh_token') return respond(response, await forward(request, body))
    const worker = String(request.headers[workerHeader])
    const presented = form.get('refresh_token') ?? ''
    const fault = faults.shift()
    const at = refreshes.length
    refreshes.push(`${worker} ${tokenId(presented)} ${fault ? JSON.stringify(fault) : 'whole'}`)
    if (fault && 'when' in fault && fault.when === 'before') return lose(fault.kind, worker, request)
    const answer = await forward(request, body)
    if (request.socket.destroyed && answer.status === 400) lateReuses.push(presented)
    refreshes[at] += ` -> ${answer.status} ${tokenId(refreshTokenIn(answer.body) ?? '')}`
    const accessToken = answer.status === 200 ? accessTokenIn(answer.body) : undefined
    if (accessToken !== undefined) {
      const refreshToken = refreshTokenIn(answer.body)
      rotations.push({ worker, presented, accessToken, refreshToken, at: performance.now() })
    }
    if (fault && 'when' in fault) return lose(fault.kind, worker, request)
    if (fault?.kind === 'replaced') {
      const { status, body: text, retryAfter } = fault
      return respond(response, {
        status,
        body: text,
        headers: retryAfter ? { 'retry-after': retryAfter } : {},
      })
    }
    if (fault?.kind === 'truncated')
      return respond(response, { ...answer, body: answer.body.slice(0, answer.body.length / 2) })
    if (fault?.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, fault.ms))
    await respond(response, answer)
  }

  async function lose(kind: 'hang' | 'reset' | 'kill', worker: string, request: IncomingMessage) {
    if (kind === 'kill') await kill(worker)
    if (kind !== 'hang') request.socket.destroy()
  }

  async function forward(request: IncomingMessage, body: string): Promise<Answer> {
    const headers = new Headers()
    for (const [name, value] of Object.entries(request.headers))
      if (typeof value === 'string' && !ownHeaders.has(name)) headers.set(name, value)
    const method = request.method ?? 'GET'
    const answer = await fetch(`${target}${request.url}`, {
      method,
      headers,
      redirect: 'manual',
      ...(body !== '' && { body }),
    })
    return { status: answer.status, headers: kept(answer.headers), body: await answer.text() }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    rotations,
    /** Refresh tokens that the provider got to refuse when whoever had sent them was gone: it took its time, and has seen a reuse. */
    lateReuses,
    /** Every refresh that has arrived: who sent it, what was done to it, what the provider said. */
    refreshes,
    /** Spoils the next refresh that is not spoilt yet. */
    fault(fault: WireFault) {
      faults.push(fault)
    },
    clearFaults() {
      faults = []
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const ownHeaders = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'keep-alive',
  'accept-encoding',
  workerHeader,
])

function kept(headers: Headers): Record<string, string> {
  return Object.fromEntries(
    [...headers].filter(([name]) => !ownHeaders.has(name) && name !== 'content-encoding'),
  )
}

function respond(response: ServerResponse, { status, headers, body }: Answer): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed) return resolve()
    response.once('close', resolve).once('finish', resolve)
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
    response.end(body)
  })
}
