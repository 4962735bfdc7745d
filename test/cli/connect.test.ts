import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  commandLimit,
  consentUrl,
  decide,
  heldPort,
  listens,
  run,
  start,
  temporaryDirectory,
} from './command.ts'

const limit = { timeout: commandLimit }
const secret = 'a-secret-of-this-test-that-is-long-enough'
const simulated = (id: string, ...more: string[]) => ['connect', id, '--simulator', '--no-open', ...more]

describe('latchkey connect', () => {
  it('waits at 127.0.0.1 alone for the browser, stores the connection, and is gone', limit, async () => {
    const store = join(temporaryDirectory(), 'store')
    const env = { LATCHKEY_SECRET: secret }
    const command = start(simulated('slack', '--store', store, '--json'), { env })
    const consent = await consentUrl(command)
    const [, port = ''] = await command.says(/answer at http:\/\/127\.0\.0\.1:(\d+)\/oauth\/slack\/callback/)
    expect(await listens(Number(port), '127.0.0.1')).toBe(true)
    // Any address of 127/8 reaches a server that listens on all interfaces.
    for (const host of ['127.0.0.2', '::1']) expect(await listens(Number(port), host), host).toBe(false)
    const back = await decide(consent, 'approve')
    const page = await fetch(back)
    expect(page.status).toBe(200)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(page.headers.get('referrer-policy')).toBe('no-referrer')
    expect(await page.text()).toContain('<h1>Slack is connected</h1>')
    const { code, stdout, stderr } = await command.ended
    expect(code).toBe(0)
    expect(await listens(Number(port), '127.0.0.1')).toBe(false)
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ provider: 'slack', tenantId: 'local', connectionId: 'default', status: 'active' },
      account: { name: expect.any(String) },
    })
    const granted = new URL(back).searchParams.get('code') ?? ''
    expect(granted).not.toBe('')
    for (const hidden of [granted, secret, 'xoxb-', 'xoxe']) expect(stdout + stderr).not.toContain(hidden)
    const listed = await run(['list', '--store', store, '--json'])
    expect(JSON.parse(listed.stdout)).toEqual([JSON.parse(stdout)])
  })

  it('keeps nothing of a simulator unless a store is named', limit, async () => {
    const cwd = temporaryDirectory()
    const scratch = join(cwd, 'scratch')
    mkdirSync(scratch)
    const env = { TMPDIR: scratch, LATCHKEY_STORE: join(cwd, 'real') }
    const command = start(simulated('github'), { cwd, env })
    await (await fetch(await decide(await consentUrl(command), 'approve'))).text()
    const { code, stdout, stderr } = await command.ended
    expect(code).toBe(0)
    expect(stdout).toMatch(/^integration {3}github$/m)
    expect(stderr).toContain('Nothing was kept')
    expect(readdirSync(scratch).filter((name) => name.startsWith('latchkey'))).toEqual([])
    expect(readdirSync(cwd)).toEqual(['scratch'])
    const named = await run(simulated('github', '--store', join(cwd, 'named')))
    expect(named.code).toBe(2)
    expect(named.stderr).toContain('missing in the environment: LATCHKEY_SECRET')
  })

  it('refuses a forged and a foreign answer, and goes on waiting', limit, async () => {
    const command = start(simulated('github'))
    const back = new URL(await decide(await consentUrl(command), 'approve'))
    const forged = [
      `${back.origin}${back.pathname}?code=forged&state=forged`,
      `${back.origin}${back.pathname}?code=forged`,
      `${back.origin}${back.pathname}?error=access_denied`,
      `${back.origin}${back.pathname}?${back.searchParams}&state=twice`,
    ]
    for (const url of forged) {
      const answer = await fetch(url)
      expect(answer.status, url).toBe(400)
      expect(await answer.text()).toContain('This is not the answer that latchkey waits for')
    }
    expect((await fetch(`${back.origin}/favicon.ico`)).status).toBe(404)
    expect((await fetch(back, { method: 'PUT', body: 'x' })).status).toBe(405)
    expect((await fetch(back, { method: 'POST', body: '{}' })).status).toBe(400)
    expect((await fetch(back)).status).toBe(200)
    const { code, stderr } = await command.ended
    expect(code).toBe(0)
    expect(stderr).toContain('A request that does not belong to this flow was refused. Still waiting.')
  })

  it('takes an answer by form_post', limit, async () => {
    const command = start(simulated('github'))
    const back = new URL(await decide(await consentUrl(command), 'approve'))
    const answer = await fetch(back.origin + back.pathname, { method: 'POST', body: back.searchParams })
    expect(answer.status).toBe(200)
    expect((await command.ended).code).toBe(0)
  })

  it('fails clearly where the user says no', limit, async () => {
    const command = start(simulated('google-calendar'))
    const page = await fetch(await decide(await consentUrl(command), 'deny'))
    expect(page.status).toBe(400)
    expect(await page.text()).toContain('Google Calendar was not connected')
    const { code, stdout, stderr } = await command.ended
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^latchkey: Google Calendar OAuth failed: access_denied/m)
    expect(stderr).toMatch(/^ {2}Access was not granted/m)
  })

  it('gives up after its time', limit, async () => {
    const command = start(simulated('github', '--timeout', '1'))
    const { code, stdout, stderr } = await command.ended
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('nobody came back within 1 s')
    expect(stderr).toContain('--redirect-uri')
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('leaves nothing behind after %s', limit, async (signal) => {
    const scratch = temporaryDirectory()
    const command = start(simulated('github'), { env: { TMPDIR: scratch } })
    const [, port = ''] = await command.says(/answer at http:\/\/127\.0\.0\.1:(\d+)\//)
    command.child.kill(signal)
    const { code, stdout } = await command.ended
    expect({ code, stdout }).toEqual({ code: signal === 'SIGINT' ? 130 : 143, stdout: '' })
    expect(await listens(Number(port), '127.0.0.1')).toBe(false)
    expect(readdirSync(scratch).filter((name) => name.startsWith('latchkey'))).toEqual([])
  })

  it('listens where --port says, and says so where it cannot', limit, async () => {
    const { port, free } = await heldPort()
    const taken = await run(simulated('github', '--port', `${port}`))
    expect(taken.code).toBe(1)
    expect(taken.stderr).toContain(`cannot listen on 127.0.0.1 port ${port}: something else listens there`)
    await free()
    const command = start(simulated('github', '--port', `${port}`))
    const back = await decide(await consentUrl(command), 'approve')
    expect(back).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${port}/oauth/github/callback\\?`))
    expect((await fetch(back)).status).toBe(200)
    expect((await command.ended).code).toBe(0)
  })

  it('listens at a registered URI, of localhost on its loopback addresses alone', limit, async () => {
    const { port, free } = await heldPort()
    await free()
    const uri = `http://localhost:${port}/own/path?from=latchkey`
    const command = start(simulated('github', '--redirect-uri', uri))
    const back = await decide(await consentUrl(command), 'approve')
    expect(back.startsWith(`${uri}&`)).toBe(true)
    expect(await listens(port, '127.0.0.1')).toBe(true)
    expect(await listens(port, '127.0.0.2')).toBe(false)
    expect((await fetch(back)).status).toBe(200)
    expect((await command.ended).code).toBe(0)
  })

  it('takes the address that is pasted back, and asks again for a wrong one', limit, async () => {
    const uri = 'https://app.example.com/oauth/quickbooks/callback'
    const command = start(simulated('quickbooks', '--redirect-uri', uri))
    const back = await decide(await consentUrl(command), 'approve')
    expect(back.startsWith(`${uri}?`)).toBe(true)
    await command.says(/paste it here/)
    command.type(`${uri}?code=forged&state=forged\n`)
    await command.says(/not the answer to this flow/)
    command.type(`  ${back}  \n`)
    const { code, stdout, stderr } = await command.ended
    expect(code).toBe(0)
    expect(stdout).toContain('realmId=')
    expect(stderr).not.toContain(new URL(back).searchParams.get('code'))
  })

  it('listens nowhere with --paste, and fails where the input ends', limit, async () => {
    const command = start(simulated('github', '--paste'))
    const back = new URL(await decide(await consentUrl(command), 'approve'))
    expect(back.hostname).toBe('127.0.0.1')
    expect(await listens(Number(back.port), '127.0.0.1')).toBe(false)
    command.type('nothing of use\n')
    command.child.stdin?.end()
    const { code, stderr } = await command.ended
    expect(code).toBe(1)
    expect(stderr).toContain('the input ended without the address')
  })

  it.each([
    ['trello-oauth1', []],
    ['plaid', []],
    ['shopify', ['--param', 'shop=Acme-Store.myshopify.com']],
    ['gitlab', ['--param', 'host=gitlab.example.com', '--scope', 'read_api']],
  ] as const)('connects %s', limit, async (id, more) => {
    const command = start(simulated(id, '--json', ...more))
    expect((await fetch(await decide(await consentUrl(command), 'approve'))).status).toBe(200)
    const { code, stdout, stderr } = await command.ended
    expect(code, stderr).toBe(0)
    const connection = JSON.parse(stdout)
    expect(connection).toMatchObject({ provider: id, status: 'active' })
    if (id === 'shopify') expect(connection.params).toEqual({ shop: 'acme-store' })
    if (id === 'gitlab') expect(connection.scopes).toEqual(['read_api'])
  })

  it('names the choices of a grant that reaches several sites', limit, async () => {
    const { describeChoices } = await import('../../src/cli/describe-connection.ts')
    const connection = { params: {}, choices: { cloudId: [{ id: 'a-1', name: 'Acme' }, { id: 'b-2' }] } }
    expect(describeChoices(connection)).toEqual(['  --param cloudId=a-1  Acme', '  --param cloudId=b-2'])
    expect(describeChoices({ ...connection, params: { cloudId: 'a-1' } })).toEqual([])
  })

  it.skipIf(process.platform !== 'linux')(
    'opens the browser without a shell (Linux: a stand-in for xdg-open)',
    limit,
    async () => {
      const bin = temporaryDirectory()
      const opened = join(bin, 'opened')
      writeFileSync(
        join(bin, 'xdg-open'),
        `#!/bin/sh\nprintf '%s\\n' "$#" "$1" > ${opened}.tmp\nmv ${opened}.tmp ${opened}\n`,
      )
      chmodSync(join(bin, 'xdg-open'), 0o755)
      const env = { PATH: `${bin}:${process.env.PATH}`, DISPLAY: ':0' }
      const command = start(['connect', 'github', '--simulator'], { env })
      const url = await consentUrl(command)
      expect(url).toContain('&')
      for (const until = Date.now() + 30_000; !existsSync(opened) && Date.now() < until; )
        await new Promise((resolve) => setTimeout(resolve, 20))
      expect(readFileSync(opened, 'utf8')).toBe(`1\n${url}\n`)
      command.child.kill('SIGINT')
      expect((await command.ended).code).toBe(130)
    },
  )
})
