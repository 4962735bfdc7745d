import { join } from 'node:path'
import { install, program } from './install.ts'
import { bundleWorker } from './prepare.ts'

/** A way to serve the application: what to start, in its folder. */
export interface Runtime {
  /** As on the command line. */
  readonly name: string
  readonly isWorker?: boolean
  /** Only what is asked from outside: what happens inside is shown by another way to serve. */
  readonly isListener?: boolean
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

/** Workers are tested from the first date with all of Node's modules that latchkey imports, and at a late one. */
const workerDates = ['2024-09-23', '2026-07-30'] as const

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
    isListener: entry === 'node',
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

function workerd(date: string): Runtime {
  return {
    name: `workerd (${date})`,
    isWorker: true,
    prepare(folder) {
      const tools = install(['wrangler'])
      const node = nodeForWorkers()
      const wrangler = join(tools, 'node_modules/wrangler/bin/wrangler.js')
      const { script, size } = bundleWorker(folder, [node, wrangler], date)
      return { command: [node, 'serve/miniflare.mjs', tools, script, date], told: size }
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
