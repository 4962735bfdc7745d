import { join } from 'node:path'
import { oldWorkerFlows, serverFlows, workerFlows } from './flows/index.ts'
import type { Flows } from './flows/world.ts'
import { install, program } from './install.ts'
import { bundleWorker } from './prepare.ts'

/** A way to serve the application: what to start, in its folder. */
export interface Runtime {
  /** As on the command line. */
  readonly name: string
  /** What is done inside it; besides, the handler is driven from outside. */
  readonly inside: Flows
  /** A worker has no process to end, and no disk. */
  readonly isWorker?: boolean
  /** Fetches what it needs. `told`: of the version, and what else there is to know. */
  prepare(folder: string): { readonly command: readonly [string, ...string[]]; readonly told: string }
}

/** What the documentation of Deno would have a server be granted; nothing is asked for at run time. */
const denoFlags = [
  'run',
  '--node-modules-dir=manual',
  '--no-prompt',
  '--allow-net',
  '--allow-env',
  '--allow-read',
]
/** For the embedded store: native code, and its folder. */
const denoDisk = ['--allow-ffi', '--allow-write', '--allow-sys']

/** The first compatibility date with which `nodejs_compat` gives Node's own modules, and a late one, with files and sockets. */
const workerDates = [
  { date: '2024-09-23', inside: oldWorkerFlows },
  { date: '2026-07-30', inside: workerFlows },
]

function bun(name: string, entry: string): Runtime {
  return {
    name,
    prepare: () => ({
      command: [program(install(['bun']), 'bun'), 'run', `serve/${entry}.mjs`],
      told: entry,
    }),
  }
}

function deno(name: string, entry: string): Runtime {
  return {
    name,
    inside: entry === 'node' ? {} : serverFlows,
    prepare: () => ({
      command: [program(install(['deno']), 'deno'), ...denoFlags, ...denoDisk, `serve/${entry}.mjs`],
      told: [...denoFlags.slice(1), ...denoDisk].join(' '),
    }),
  }
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
  node: [
    {
      name: 'node',
      prepare: () => ({ command: [process.execPath, 'serve/node.mjs'], told: process.version }),
    },
  ],
  bun: [bun('bun', 'bun'), bun('bun as node:http', 'node')],
  deno: [deno('deno', 'deno'), deno('deno as node:http', 'node')],
  workerd: workerDates.map(workerd),
}
