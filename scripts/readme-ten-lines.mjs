// Does what the README's "Ten lines to a connection" says, in an empty folder: install, save, run.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** `tarball`: what `npm install latchkey` is to install. */
export function checkTenLines(tarball) {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const section = /^## Ten lines to a connection\n([\s\S]*?)^## /m.exec(readme)?.[1] ?? ''
  const [code, printed] = [...section.matchAll(/^```\w+\n([\s\S]*?)^```$/gm)].map(([, text]) => text)
  assert.ok(code && printed, 'the README section "Ten lines to a connection" has code and what it prints')
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-ten-lines-'))
  const started = performance.now()
  const run = (file, args) =>
    execFileSync(file, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    run('npm', ['install', '--no-fund', '--no-audit', tarball])
    writeFileSync(join(folder, 'connect.mjs'), code)
    assert.equal(run(process.execPath, ['connect.mjs']), printed)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`the README's ten lines work: an empty folder to a connection in ${seconds} s`)
}
