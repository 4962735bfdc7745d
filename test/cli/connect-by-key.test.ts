import { spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freshdesk } from '../../providers/freshdesk.ts'
import { mockProvider } from '../../src/testing/index.ts'
import { commandLimit, program, run, temporaryDirectory } from './command.ts'

const limit = { timeout: commandLimit }
const LATCHKEY_SECRET = 'a-secret-of-this-test-that-is-long-enough'
const mock = mockProvider(freshdesk, {})
let provider: Awaited<ReturnType<typeof mock.listen>>
beforeAll(async () => {
  provider = await mock.listen()
})
afterAll(() => provider.close())

function scene() {
  const directory = temporaryDirectory()
  const file = join(directory, 'freshdesk.json')
  writeFileSync(file, JSON.stringify(provider.definition))
  const store = join(directory, 'store')
  const args = ['connect', file, '--param', 'subdomain=acme', '--store', store]
  return { args, store, key: mock.issueKey({ params: { subdomain: 'acme' } }) }
}

describe('latchkey connect, for a provider whose users copy a key', () => {
  it('takes the key from the environment and from a pipe, and never shows it', limit, async () => {
    const { args, store, key } = scene()
    const fromEnvironment = await run(args, { env: { LATCHKEY_SECRET, FRESHDESK_API_KEY: key } })
    const piped = await run(args, { env: { LATCHKEY_SECRET }, input: `${key}\n` })
    for (const { code, stdout, stderr } of [fromEnvironment, piped]) {
      expect(code, stderr).toBe(0)
      expect(stdout).toMatch(/^status {8}active$/m)
      expect(stdout + stderr).not.toContain(key)
    }
    const token = await run(['token', args[1] ?? '', '--store', store], { env: { LATCHKEY_SECRET } })
    expect(token).toMatchObject({ code: 0, stdout: `${key}\n` })
  })

  it('says where a key is to come from, and why one was refused', limit, async () => {
    const { args, store } = scene()
    const none = await run(args, { env: { LATCHKEY_SECRET } })
    expect(none.code).toBe(2)
    expect(none.stderr).toContain('Set FRESHDESK_API_KEY')
    const wrong = 'wrongKeyOfNobody1234'
    const refused = await run(args, { env: { LATCHKEY_SECRET }, input: wrong })
    expect(refused).toMatchObject({ code: 1, stdout: '' })
    expect(refused.stderr).toContain('The provider refused the key')
    expect(refused.stderr).not.toContain(wrong)
    const listed = existsSync(store) ? await run(['list', '--store', store, '--json']) : undefined
    expect(listed?.stdout ?? '[]\n').toBe('[]\n')
  })

  it('connects to its simulator without any key', limit, async () => {
    const { code, stdout } = await run(['connect', 'freshdesk', '--simulator', '--param', 'subdomain=acme'])
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('subdomain=acme') })
  })

  const pty = process.platform === 'linux' && existsSync('/usr/bin/script')
  it.skipIf(!pty)(
    'asks at a terminal without showing what is typed (needs script of util-linux)',
    limit,
    async () => {
      const { args, key } = scene()
      const command = [process.execPath, program, ...args].map((each) => `'${each}'`).join(' ')
      const child = spawn('/usr/bin/script', ['-qec', command, '/dev/null'], {
        env: { PATH: process.env.PATH, HOME: process.env.HOME, LATCHKEY_SECRET },
      })
      let shown = ''
      const asked = new Promise<void>((resolve) => {
        child.stdout.on('data', (data: Buffer) => {
          shown += data.toString()
          if (/Freshdesk: .*: $/.test(shown)) resolve()
        })
      })
      const ended = new Promise((resolve) => child.once('close', resolve))
      await Promise.race([asked, ended])
      child.stdin.write(`${key}\r`)
      expect(await ended, shown).toBe(0)
      expect(shown).toContain('Freshdesk is connected')
      expect(shown).not.toContain(key)
    },
  )
})
