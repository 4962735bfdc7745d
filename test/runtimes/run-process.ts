import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { within } from './within.ts'

/** ms for a server to start, and to end once nothing is left to do. */
const patience = 30_000

export interface Served {
  readonly origin: string
  /** Asks it to end; rejects where the process goes on, or fails. */
  end(): Promise<void>
  /** Ends it, whatever it does. */
  kill(): void
}

/** Starts a server under test, which says `ready <origin>`. What else it prints is shown: latchkey itself prints nothing. */
export async function runProcess(
  [file, ...args]: readonly [string, ...string[]],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv; readonly isWorker: boolean },
): Promise<Served> {
  const child = spawn(file, args, { ...options, stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) =>
      code === 0 ? resolve() : reject(new Error(`the process ended with ${code ?? signal}`)),
    )
  })
  exited.catch(() => undefined)
  process.once('exit', () => kill(child))
  const ready = new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [, origin] = /^ready (\S+)$/.exec(line) ?? []
      if (origin) resolve(origin)
      else console.log(`   | ${line}`)
    })
  })
  try {
    const origin = await within(
      Promise.race([ready, exited.then(() => Promise.reject(new Error('it ended')))]),
      patience,
    )
    return {
      origin,
      async end() {
        if (options.isWorker) child.stdin.end()
        else await (await fetch(`${origin}/end`)).text()
        await within(exited, patience)
      },
      kill: () => kill(child),
    }
  } catch (error) {
    kill(child)
    throw error
  }
}

function kill(child: ChildProcess): void {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
}
