import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** ms: what a test allows for a start, longer than `startExample` does, which ends the process when it gives up. */
export const startLimit = 60_000

/** An example in a process of its own, as its README starts it. */
export interface ExampleServer {
  readonly origin: string
  /** Ends it as a process manager would; how it ended, or `'hangs'` where it was still there after 10 s. */
  stop(): Promise<number | NodeJS.Signals | 'hangs' | null>
  /** Ends it whatever it is doing. */
  kill(): Promise<void>
}

/** `args`: of node, in the repository's root. Resolves once `GET /` answers. Rejects with what the process said. */
export async function startExample(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<ExampleServer> {
  const port = await freePort()
  const origin = `http://localhost:${port}`
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...exampleEnvironment(), PORT: `${port}`, LATCHKEY_SIMULATE: '1', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => {
      said += data.toString()
    })
  const exit = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal))
  })
  const kill = async () => {
    child.kill('SIGKILL')
    await exit
  }
  const failed = await answers(child, origin).catch(String)
  if (failed !== undefined) {
    await kill()
    throw new Error(`${args.join(' ')}: ${failed}\n${said}`)
  }
  return {
    origin,
    kill,
    async stop() {
      child.kill('SIGTERM')
      const deadline = new AbortController()
      const late = new Promise<'hangs'>((resolve) => {
        const timer = setTimeout(() => resolve('hangs'), 10_000)
        deadline.signal.addEventListener('abort', () => clearTimeout(timer))
      })
      const how = await Promise.race([exit, late])
      deadline.abort()
      return how
    },
  }
}

/** `undefined` once the server answers; else why it does not, after 40 s at most. */
async function answers(child: ChildProcess, origin: string): Promise<string | undefined> {
  for (const until = Date.now() + 40_000; Date.now() < until; ) {
    if (child.exitCode !== null || child.signalCode !== null) return 'ended before it answered'
    const response = await fetch(origin).catch(() => undefined)
    if (response?.status === 200) return void (await response.text())
    if (response && response.status >= 500) return `answers HTTP ${response.status}`
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return 'did not answer within 40 s'
}

/** What an example starts from: nothing of ours, and no vitest variable, by which frameworks believe they are being tested. */
export function exampleEnvironment(): NodeJS.ProcessEnv {
  const { NODE_ENV: _env, VITEST: _vitest, NODE_OPTIONS: _options, ...environment } = process.env
  const own = Object.entries(environment).filter(
    ([name]) => !/^(?:VITEST|LATCHKEY|SLACK|GITHUB|SHOPIFY)_/.test(name),
  )
  return { ...Object.fromEntries(own), NEXT_TELEMETRY_DISABLED: '1' }
}

/** One that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await once(server.listen(0, 'localhost'), 'listening')
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (typeof address !== 'object' || address === null) throw new Error('no free port')
  return address.port
}
