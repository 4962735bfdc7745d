import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { postgresUrl, redisUrl } from '../../support/servers.ts'
import { type Module, modulesOf } from './modules.ts'
import type { Page } from './page.ts'
import { read, root } from './pages.ts'

/** ms: what a block may take on a machine that does other things too. */
export const runLimit = 60_000

/** Runs a block in an empty folder, as a reader's project would. Resolves to its output; rejects unless it ends with 0. */
export async function run(page: Page, module: Module): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-block-'))
  try {
    layOut(folder, page, module)
    return await output(folder, module)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function layOut(folder: string, page: Page, module: Module): void {
  const { compilerOptions } = JSON.parse(read('tsconfig.json'))
  const paths = Object.entries<string[]>(compilerOptions.paths).map(([name, files]) => [
    name,
    files.map((file) => join(root, file)),
  ])
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  write('package.json', '{ "type": "module" }')
  write(
    'tsconfig.json',
    JSON.stringify({ compilerOptions: { target: 'ES2022', paths: Object.fromEntries(paths) } }),
  )
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir')
  for (const [name, text] of page.files) write(name, text)
  for (const each of modulesOf(page)) if (each.block.markers.has('file')) write(each.file, each.source)
  write(module.file, module.source)
}

function output(folder: string, { file, block }: Module): Promise<string> {
  const child = spawn(process.execPath, ['--import', 'tsx', file], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      LATCHKEY_SECRET: 'the secret of a documentation test, 32 bytes or more',
      LATCHKEY_BASE_URL: 'http://localhost:3000',
      REDIS_URL: redisUrl,
      POSTGRES_URL: postgresUrl,
      DATABASE_URL: postgresUrl,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  let complaints = ''
  child.stdout.on('data', (data: Buffer) => {
    printed += data.toString()
  })
  child.stderr.on('data', (data: Buffer) => {
    complaints += data.toString()
  })
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => child.kill('SIGKILL'), runLimit)
    child.once('close', (code, signal) => {
      clearTimeout(limit)
      if (code === 0) resolve(printed)
      else
        reject(new Error(`${block.page}:${block.line} ended with ${code ?? signal}\n${printed}${complaints}`))
    })
  })
}

/** Whether output is what a page says: `…` stands for any text in a line, a line of only `…` for any lines. */
export function prints(expected: string, printed: string): boolean {
  const lines = expected.trimEnd().split('\n')
  const pattern = lines.map((line) =>
    line.trim() === '…' ? '(?:.*\\n)*?' : `${line.split('…').map(literally).join('.*')}\\n`,
  )
  return new RegExp(`^${pattern.join('')}$`).test(`${printed.trimEnd()}\n`)
}

const literally = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
