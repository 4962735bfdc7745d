// Copies the README's section "In your server" line by line into an empty folder, and connects through it.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const origin = 'http://localhost:3000'

/** `tarball`: what `npm install latchkey` is to install. */
export async function checkReadmeServer(tarball) {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-readme-'))
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const section = /^## In your server\n([\s\S]*?)^## /m.exec(readme)?.[1] ?? ''
  const blocks = [...section.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language, text]) => ({
    language,
    text,
  }))
  assert.deepEqual(
    blocks.map(({ language }) => language),
    ['sh', 'js', 'sh'],
    'the README section "In your server" has a set-up, a server.js and a start',
  )
  const [setUp, server, start] = blocks.map(({ text }) => text)
  assert.match(setUp, /npm install latchkey$/m)
  const commands = setUp.replace('npm install latchkey', `npm install --no-fund --no-audit ${tarball}`)
  let child
  try {
    execFileSync('bash', ['-euc', commands], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
    writeFileSync(join(folder, 'server.js'), server)
    child = spawn('bash', ['-euc', `exec ${start}`], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
    let told = ''
    child.stdout.on('data', (data) => {
      told += data
    })
    await until(() => fetch(`${origin}/`).then((answer) => answer.ok))
    const connect = await fetch(`${origin}/oauth/github/connect?redirectPath=/done`, { redirect: 'manual' })
    assert.equal(connect.status, 303)
    const [cookie] = connect.headers.getSetCookie().map((text) => text.split(';')[0])
    // The consent page posts the decision back to its own address.
    const decision = {
      method: 'POST',
      body: new URLSearchParams({ decision: 'approve' }),
      redirect: 'manual',
    }
    const consent = await fetch(connect.headers.get('location'), decision)
    const approved = consent.headers.get('location')
    const back = await fetch(approved, { redirect: 'manual', headers: { cookie } })
    assert.equal(back.headers.get('location'), '/done?connected=github')
    await until(async () => {
      const [{ connections }] = await (await fetch(`${origin}/oauth`)).json()
      return connections[0]?.sync?.status === 'completed' && connections[0].sync
    })
    assert.match(told, /^\d+ issues to save$/m)
    const issues = [...told.matchAll(/^(\d+) issues/gm)].reduce((sum, [, count]) => sum + Number(count), 0)
    console.log(`the README's server works: connected, ${issues} issues of three months synced`)
  } finally {
    child?.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function until(holds) {
  const end = Date.now() + 30_000
  while (Date.now() < end) {
    const value = await holds().catch(() => false)
    if (value) return value
    await new Promise((resume) => setTimeout(resume, 100))
  }
  throw new Error('the README’s server did not get there within 30 s')
}
