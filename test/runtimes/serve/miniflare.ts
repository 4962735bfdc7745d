import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

// Serves the bundle of serve/worker.ts by workerd, until its input ends. Runs on Node 22 or newer.

interface Worker {
  readonly ready: Promise<URL>
  dispose(): Promise<void>
}

const [, , tools = '', script = '', compatibilityDate = ''] = process.argv
// It lives in a folder of its own, being no dependency of the application.
const { Miniflare }: { Miniflare: new (options: object) => Worker } = createRequire(`${tools}/`)('miniflare')

const worker = new Miniflare({
  host: '127.0.0.1',
  port: 0,
  // By name, as a deployment sends them: a driver asks for an optional package that nobody has installed.
  modules: [{ type: 'ESModule', path: 'worker.js', contents: readFileSync(script, 'utf8') }],
  compatibilityDate,
  compatibilityFlags: ['nodejs_compat'],
  bindings: { LATCHKEY_RUNTIME_TEST: readFileSync(process.env.LATCHKEY_RUNTIME_TEST ?? '', 'utf8') },
})
process.stdin.once('end', () => worker.dispose()).resume()
console.log(`ready ${(await worker.ready).origin}`)
