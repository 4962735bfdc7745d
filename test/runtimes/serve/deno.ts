import { createApp } from '../app.ts'
import { serverFlows } from '../flows/index.ts'
import { readSetup } from './setup-file.ts'

declare const Deno: {
  serve(
    options: {
      readonly hostname: string
      readonly port: number
      onListen(address: { readonly port: number }): void
    },
    handler: (request: Request) => Promise<Response>,
  ): { shutdown(): Promise<void> }
}

const app = createApp(readSetup(), serverFlows)

const server = Deno.serve(
  { hostname: '127.0.0.1', port: 0, onListen: ({ port }) => console.log(`ready http://127.0.0.1:${port}`) },
  async (request) => {
    if (new URL(request.url).pathname !== '/end') return app.serve(request)
    await app.close()
    void server.shutdown()
    return new Response('', { headers: { connection: 'close' } })
  },
)
