import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import versions from './versions.json' with { type: 'json' }

export type Tool = keyof typeof versions

/** Runtimes are no dependencies of the project: they are fetched once and kept in a folder of the system's own. */
const cache = join(tmpdir(), 'latchkey-runtimes')

/**
 * Fetches what comes as npm packages, in the versions of `versions.json`, and says in which folder they are installed.
 * Throws where one cannot be fetched: a runtime that was asked for is never passed over.
 */
export function install(tools: readonly Tool[]): string {
  const packages = tools.map((tool) => `${tool}@${versions[tool]}`)
  const folder = join(cache, packages.join('+'))
  if (existsSync(folder)) return folder
  mkdirSync(cache, { recursive: true })
  // Two runs may fetch the same at once: whoever is first puts it in place, whole.
  const own = mkdtempSync(join(cache, '.fetching-'))
  try {
    writeFileSync(join(own, 'package.json'), JSON.stringify({ private: true }))
    npm(['install', ...packages], own)
    for (const tool of tools) check(own, tool)
    if (!existsSync(folder)) renameSync(own, folder)
  } finally {
    rmSync(own, { recursive: true, force: true })
  }
  return folder
}

/** The program of a tool in the folder it was installed in. */
export function program(folder: string, tool: Tool): string {
  return join(folder, 'node_modules', '.bin', tool)
}

export function npm(args: readonly string[], cwd: string): string {
  return execFileSync('npm', [...args, '--no-fund', '--no-audit', '--loglevel=error'], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

/** A package whose program is missing (no build for this machine, install scripts forbidden) installs without a word. */
function check(folder: string, tool: Tool): void {
  if (tool === 'wrangler') return
  const told = execFileSync(program(folder, tool), ['--version'], { encoding: 'utf8' })
  if (!told.includes(versions[tool])) throw new Error(`${tool} says ${told.trim()}, not ${versions[tool]}`)
}
