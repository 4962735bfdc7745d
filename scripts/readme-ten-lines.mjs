// Does what the README's "Ten lines to a connection" says, in an empty folder: install, save, run.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** `tarball`: what `npm install latchkey` is to install. Answers how many seconds it took. */
export async function checkTenLines(tarball) {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const section = /^## Ten lines to a connection\n([\s\S]*?)^## /m.exec(readme)?.[1] ?? ''
  const [code, printed] = [...section.matchAll(/^```\w+\n([\s\S]*?)^```$/gm)].map(([, text]) => text)
  assert.ok(code && printed, 'the README section "Ten lines to a connection" has code and what it prints')
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-ten-lines-'))
  const started = performance.now()
  const run = async (file, args) => (await execute(file, args, { cwd: folder })).stdout
  try {
    await run('npm', ['install', '--no-fund', '--no-audit', tarball])
    writeFileSync(join(folder, 'connect.mjs'), code)
    assert.equal(await run(process.execPath, ['connect.mjs']), printed)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return (performance.now() - started) / 1000
}
