import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { SimulatedRequest, SimulatedResponse } from './simulated-message.ts'

type Handle = (request: SimulatedRequest) => Promise<SimulatedResponse | undefined>

/** Serves the core on 127.0.0.1, where the first segment of a path is the provider's host. */
export async function serve(
  handle: Handle,
  port: number,
): Promise<{ readonly origin: string; close(): Promise<void> }> {
  let origin = ''
  const server = createServer((request, response) => {
    answer(handle, origin, request, response).catch((error: unknown) => {
      // A mistake of the simulator itself; the client sees a broken connection, the developer the stack.
      request.socket.destroy(error instanceof Error ? error : undefined)
      throw error
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (typeof address === 'object' && address) origin = `http://127.0.0.1:${address.port}`
  return {
    origin,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}

/** `http://127.0.0.1:4567/api.example.com/x` → `https://api.example.com/x`. */
export function providerUrl(origin: string, url: string): URL | undefined {
  const path = url.startsWith(`${origin}/`) ? url.slice(origin.length + 1) : ''
  const text = `https://${path}`
  return path !== '' && !path.startsWith('/') && URL.canParse(text) ? new URL(text) : undefined
}

async function answer(handle: Handle, origin: string, request: IncomingMessage, response: ServerResponse) {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const url = providerUrl(origin, `${origin}${request.url ?? '/'}`)
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  const body = Buffer.concat(chunks).toString()
  const simulated = url && (await handle({ method: request.method ?? 'GET', url, headers, body, origin }))
  if (simulated === 'reset') {
    request.socket.destroy()
    return
  }
  if (response.destroyed) return
  const { status, headers: own, body: text } = simulated ?? nowhere
  response.writeHead(status, { ...own, 'content-length': Buffer.byteLength(text) })
  response.end(request.method === 'HEAD' ? undefined : text)
}

const nowhere = {
  status: 404,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: 'No endpoint of the simulated provider has this address.\n',
}
