import { type ChildProcess, fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Command, FromWorker, Outcome, WorkerSetup } from './commands.ts'

/** ms that a command has. Leases are short here and stores near: what takes longer hangs. */
const patience = 30_000

type Heard = Extract<FromWorker, { readonly kind: 'heard' }>

/** A worker as its parent sees it. */
export interface Worker {
  readonly name: string
  /** What came of it; `'died'` when the process ended first. */
  call(command: Command): Promise<Outcome | 'died'>
  /** `tokenId`s of the answers that arrived whole and in time. */
  readonly received: ReadonlySet<string>
  /** What its hooks have been told. */
  readonly heard: readonly Heard[]
  /** Rejections that nobody handled; there must be none. */
  readonly unhandled: readonly string[]
  isAlive(): boolean
  kill(): Promise<void>
  /** SIGSTOP and SIGCONT: a process that stalls, and does not know it. */
  pause(): void
  resume(): void
  /** The exit code, once it has ended. */
  readonly ended: Promise<number | null>
}

let bundle: Promise<string> | undefined

/**
 * One bundle for all workers of a run: with a transpiler in each of them, most of a test would be their start. Named for
 * what is in it, so that runs at the same time do not disturb each other; those of an hour ago are swept.
 */
async function bundleWorker(): Promise<string> {
  const directory = fileURLToPath(new URL('../../node_modules/.cache/latchkey-reliability', import.meta.url))
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./worker.ts', import.meta.url))],
    outfile: `${directory}/worker.mjs`,
    write: false,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    sourcemap: 'inline',
  })
  const [output] = outputFiles
  if (!output) throw new Error('esbuild has made nothing')
  await mkdir(directory, { recursive: true })
  for (const name of await readdir(directory)) {
    const { mtimeMs } = await stat(`${directory}/${name}`).catch(() => ({ mtimeMs: Date.now() }))
    if (mtimeMs < Date.now() - 3_600_000) await rm(`${directory}/${name}`, { force: true })
  }
  const file = `${directory}/${createHash('sha256').update(output.contents).digest('hex').slice(0, 16)}.mjs`
  await writeFile(`${file}.${process.pid}`, output.contents)
  await rename(`${file}.${process.pid}`, file)
  return file
}

/** Starts a worker; resolves when it is ready for commands. */
export async function startWorker(setup: WorkerSetup): Promise<Worker> {
  bundle ??= bundleWorker()
  const child: ChildProcess = fork(await bundle, [], {
    execArgv: ['--enable-source-maps'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const heard: Heard[] = []
  const unhandled: string[] = []
  const received = new Set<string>()
  const pending = new Map<number, (outcome: Outcome | 'died') => void>()
  let serial = 0
  let begin: () => void = () => undefined
  const ready = new Promise<void>((resolve) => {
    begin = resolve
  })
  child.on('message', (message: FromWorker) => {
    if (message.kind === 'ready') begin()
    else if (message.kind === 'heard') heard.push(message)
    else if (message.kind === 'received') received.add(message.token)
    else if (message.kind === 'unhandled') unhandled.push(message.words)
    else {
      pending.get(message.id)?.(message.outcome)
      pending.delete(message.id)
    }
  })
  let alive = true
  const ended = once(child, 'close').then(([code]: (number | null)[]) => {
    alive = false
    for (const settle of pending.values()) settle('died')
    pending.clear()
    return code ?? null
  })
  child.send(setup)
  await Promise.race([
    ready,
    ended.then((code) => {
      throw new Error(`the worker ended at once (${code})`)
    }),
  ])
  return {
    name: setup.name,
    heard,
    received,
    unhandled,
    ended,
    isAlive: () => alive,
    call(command) {
      if (!alive) return Promise.resolve('died')
      serial += 1
      const id = serial
      return new Promise((resolve, reject) => {
        const timer = setTimeout(
          () =>
            reject(new Error(`${setup.name} did not answer ${JSON.stringify(command)} in ${patience} ms`)),
          patience,
        )
        pending.set(id, (outcome) => {
          clearTimeout(timer)
          resolve(outcome)
        })
        // A process that is being killed has no channel any more; its end settles the call.
        child.send({ id, command }, () => undefined)
      })
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
  }
}
