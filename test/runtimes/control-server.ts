import { createServer, type IncomingMessage } from 'node:http'
import type { RunningSimulator } from '../../examples/demo/simulators.ts'
import type { Seen } from './control.ts'

/** Lets the runtime under test steer the simulators, which live in another process. Loopback only. */
export async function serveControl(simulators: readonly RunningSimulator[]) {
  const server = createServer((request, response) => {
    answer(simulators, request)
      .then((told) =>
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(told)),
      )
      .catch((error: unknown) => response.writeHead(500).end(String(error)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || !address) throw new Error('the control server has no address')
  return {
    origin: `http://127.0.0.1:${address.port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function answer(simulators: readonly RunningSimulator[], request: IncomingMessage): Promise<unknown> {
  const [, id, action] = (request.url ?? '').split('/')
  const mock = simulators.find(({ definition }) => definition.id === id)?.mock
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const body = Buffer.concat(chunks).toString()
  if (mock && action === 'fault') return mock.fault(JSON.parse(body)) ?? {}
  if (mock && action === 'clear') return mock.clearFaults() ?? {}
  if (mock && action === 'expire') return mock.expireAccessTokens() ?? {}
  if (mock && action === 'key') return { key: mock.issueKey() }
  if (mock && action === 'requests')
    return mock.requests.map(({ endpoint, headers }): Seen => ({ endpoint, headers }))
  throw new Error(`there is no ${request.url}`)
}
