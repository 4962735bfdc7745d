import { join } from 'node:path'
import { oldWorkerFlows, serverFlows, workerFlows } from './flows/index.ts'
import type { Flows } from './flows/world.ts'
import { install, program } from './install.ts'
import { bundleWorker } from './prepare.ts'
import versions from './versions.json' with { type: 'json' }

type Command = readonly [string, ...string[]]

interface Prepared {
  /** Starts the server, in the folder of the application. */
  readonly command: Command
  /** Runs a script, where the runtime is one for the command line. */
  readonly script?: Command
  readonly told: string
}

/** A way to serve the application: what to start, in its folder. */
export interface Runtime {
  /** As on the command line. */
  readonly name: string
  /** What is done inside it; besides, the handler is driven from outside. */
  readonly inside: Flows
  /** A worker has no process to end, and no disk. */
  readonly isWorker?: boolean
  /** Fetches what it needs. */
  prepare(folder: string): Prepared
}

/** All that a server with a store on the network needs. What is not granted is refused, and not asked for. */
const denoFlags = [
  'run',
  '--node-modules-dir=manual',
  '--no-prompt',
  '--allow-net',
  '--allow-env',
  '--allow-read',
]
/** For the embedded store: native code, and its folder. */
const denoDisk = ['--allow-ffi', '--allow-write']

/** The first compatibility date with which `nodejs_compat` gives Node's own modules, and a late one, with files and sockets. */
const workerDates = [
  { date: '2024-09-23', inside: oldWorkerFlows },
  { date: '2026-07-30', inside: workerFlows },
]

/** `command` runs scripts. The embedded server of the runtime comes first, and shows everything; then `node:http`. */
function serverAndListener(name: string, told: string, command: () => Command): readonly Runtime[] {
  const serving = (entry: string): Prepared => ({ command: [...command(), `serve/${entry}.mjs`], told })
  return [
    { name, inside: serverFlows, prepare: () => ({ ...serving(name), script: command() }) },
    { name: `${name} as node:http`, inside: {}, prepare: () => serving('node') },
  ]
}

/** wrangler and miniflare want a newer Node than latchkey does. */
function nodeForWorkers(): string {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const isNewEnough = major > 22 || (major === 22 && minor >= 12)
  return isNewEnough ? process.execPath : program(install(['node']), 'node')
}

function workerd({ date, inside }: { readonly date: string; readonly inside: Flows }): Runtime {
  return {
    name: `workerd (${date})`,
    isWorker: true,
    inside,
    prepare(folder) {
      const tools = install(['wrangler'])
      const node = nodeForWorkers()
      const wrangler = join(tools, 'node_modules/wrangler/bin/wrangler.js')
      const { script, size } = bundleWorker(folder, [node, wrangler], date)
      return {
        command: [node, 'serve/miniflare.mjs', tools, script, date],
        told: `nodejs_compat, a bundle of ${size}`,
      }
    },
  }
}

/** By the name of the runtime on the command line, each way it can serve. */
export const runtimes: Readonly<Record<string, readonly Runtime[]>> = {
  node: serverAndListener('node', process.version, () => [process.execPath]).slice(0, 1),
  bun: serverAndListener('bun', versions.bun, () => [program(install(['bun']), 'bun'), 'run']),
  deno: serverAndListener('deno', [versions.deno, ...denoFlags.slice(1), ...denoDisk].join(' '), () => [
    program(install(['deno']), 'deno'),
    ...denoFlags,
    ...denoDisk,
  ]),
  workerd: workerDates.map(workerd),
}
