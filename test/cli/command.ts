import { type ChildProcess, spawn } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, afterEach, beforeAll } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const built = mkdtempSync(join(tmpdir(), 'latchkey-cli-built-'))
/** The program, bundled as a release is; compiling the sources anew in each process would take most of the time. */
export const program = join(built, 'dist/src/cli/main.js')

beforeAll(async () => {
  copyFileSync(join(root, 'package.json'), join(built, 'package.json'))
  symlinkSync(join(root, 'node_modules'), join(built, 'node_modules'), 'junction')
  await build({
    ...{
      entryPoints: [join(root, 'src/cli/main.ts')],
      outdir: join(built, 'dist/src/cli'),
      outbase: join(root, 'src/cli'),
    },
    ...{
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      packages: 'external',
    },
  })
}, 60_000)
afterAll(() => rmSync(built, { recursive: true, force: true }))

/** What a test allows for a few commands on a machine that does other things, too. */
export const commandLimit = 300_000

export interface Ended {
  readonly code: number | NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly child: ChildProcess
  /** The first match in what it says on stderr; rejects where it ends without. */
  says(pattern: RegExp): Promise<RegExpExecArray>
  type(text: string): void
  ended: Promise<Ended>
}

export interface CommandOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** All of stdin; without it, stdin stays open. */
  readonly input?: string
  /** Options of Node itself. */
  readonly node?: readonly string[]
}

/** Nothing of this machine's own settings: no browser, no store, no client. */
function environment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env
  return { PATH, HOME, ...(TMPDIR && { TMPDIR }), ...more }
}

/** Starts `latchkey …` in a process of its own. */
export function start(
  args: readonly string[],
  { cwd = root, env, input, node = [] }: CommandOptions = {},
): Running {
  const child = spawn(process.execPath, [...node, program, ...args], { cwd, env: environment(env) })
  if (input !== undefined) child.stdin.end(input)
  let stdout = ''
  let stderr = ''
  const waiting = new Set<() => void>()
  child.stdout.on('data', (data: Buffer) => {
    stdout += data.toString()
  })
  child.stderr.on('data', (data: Buffer) => {
    stderr += data.toString()
    for (const look of waiting) look()
  })
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code: code ?? signal, stdout, stderr }))
  })
  running.add(child)
  void ended.finally(() => running.delete(child)).catch(() => undefined)
  return {
    child,
    ended,
    type: (text) => child.stdin.write(text),
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = pattern.exec(stderr)
          if (!found) return
          waiting.delete(look)
          resolve(found)
        }
        waiting.add(look)
        look()
        void ended.then(() => {
          if (waiting.delete(look)) reject(new Error(`it ended and never said ${pattern}:\n${stderr}`))
        })
      }),
  }
}

/** Runs `latchkey …` to its end. */
export function run(args: readonly string[], options: CommandOptions = {}): Promise<Ended> {
  return start(args, { input: '', ...options }).ended
}

/** Runs several, three at a time. */
export async function runAll(
  commands: readonly (readonly string[])[],
  options?: CommandOptions,
): Promise<Ended[]> {
  const ended: Ended[] = []
  for (let at = 0; at < commands.length; at += 3)
    ended.push(...(await Promise.all(commands.slice(at, at + 3).map((args) => run(args, options)))))
  return ended
}

const running = new Set<ChildProcess>()
const directories: string[] = []

afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true })
})

/** A directory that goes with the test. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-cli-test-'))
  directories.push(directory)
  return directory
}

/** As much of a browser as a simulator's consent page needs: the decision, and where it leads. */
export async function decide(consentUrl: string, decision: 'approve' | 'deny'): Promise<string> {
  const page = await fetch(consentUrl)
  if (!page.ok) throw new Error(`the consent page answers HTTP ${page.status}: ${await page.text()}`)
  await page.text()
  const body = new URLSearchParams({ decision })
  const response = await fetch(consentUrl, { method: 'POST', body, redirect: 'manual' })
  return response.headers.get('location') ?? Promise.reject(new Error(`HTTP ${response.status}`))
}

/** The address that a running `connect` asks the user to open. */
export async function consentUrl(command: Running): Promise<string> {
  const [, url = ''] = await command.says(/Open this address[^\n]*\n\n {2}(\S+)\n/)
  return url
}

/** Whether something listens there. */
export function listens(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host, timeout: 5_000 })
    const done = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => done(true))
    socket.once('error', () => done(false))
    socket.once('timeout', () => done(false))
  })
}

/** Holds a free port of 127.0.0.1 until it is closed. */
export async function heldPort(): Promise<{ readonly port: number; free(): Promise<void> }> {
  const server: Server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no free port')
  return { port: address.port, free: () => new Promise((resolve) => server.close(() => resolve())) }
}
