import { createApp } from '../app.ts'
import { serverFlows } from '../flows/index.ts'
import { readSetup } from './setup-file.ts'

declare const Bun: {
  serve(options: {
    readonly hostname: string
    readonly port: number
    readonly idleTimeout: number
    fetch(request: Request): Promise<Response>
  }): { readonly port: number; stop(): Promise<void> }
}

const app = createApp(readSetup(), serverFlows)

const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  // Seconds. Conformance suites take longer than the default of 10.
  idleTimeout: 255,
  async fetch(request) {
    if (new URL(request.url).pathname !== '/end') return app.serve(request)
    await app.close()
    void server.stop()
    return new Response('', { headers: { connection: 'close' } })
  },
})
console.log(`ready http://127.0.0.1:${server.port}`)
