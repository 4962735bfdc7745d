import { createServer } from 'node:http'
import { toNodeListener } from 'latchkey/node'
import { createApp } from '../app.ts'
import { serverFlows } from '../flows/index.ts'
import { readSetup } from './setup-file.ts'

// Runs on Node, and as `node:http` on Bun and Deno too. A request to /end must end the process: nothing is left open.

const app = createApp(readSetup(), serverFlows)

const server = createServer(
  toNodeListener(async (request) => {
    if (new URL(request.url).pathname !== '/end') return app.serve(request)
    await app.close()
    server.close()
    return new Response('', { headers: { connection: 'close' } })
  }),
)
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (typeof address === 'object' && address) console.log(`ready http://127.0.0.1:${address.port}`)
})
