import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { providers } from '../../providers/index.ts'
import { commandLimit, run, runAll, start, temporaryDirectory } from './command.ts'

const commands = [
  ...['providers', 'show', 'connect', 'list', 'token'],
  ...['refresh', 'disconnect', 'check', 'secret', 'demo'],
]

describe('latchkey', () => {
  it('says what there is and how it ends, with examples for each command', {
    timeout: commandLimit,
  }, async () => {
    const whole = await run(['--help'])
    expect(whole).toMatchObject({ code: 0, stderr: '' })
    expect(whole.stdout).toContain('Exit codes: 0 done; 1')
    for (const command of commands) expect(whole.stdout).toMatch(new RegExp(`^  ${command} `, 'm'))
    const pages = await runAll(commands.map((command) => [command, '--help']))
    for (const [at, { code, stdout }] of pages.entries()) {
      expect(code).toBe(0)
      expect(stdout).toMatch(new RegExp(`Examples:\\n  \\$ .*latchkey ${commands[at]}`))
    }
  })

  it('refuses what it does not know with exit code 2, on stderr', { timeout: commandLimit }, async () => {
    const wrong = [
      [],
      ['conect'],
      ['show'],
      ['show', 'slak'],
      ['token', 'slack', '--nope'],
      ['connect', 'slack', '--port', '0'],
      ['connect', 'slack', '--port', '80 '],
      ['connect', 'slack', '--timeout', '601'],
      ['connect', 'shopify', '--param', 'shop'],
      ['connect', 'slack', '--simulator', '--port', '8976', '--redirect-uri', 'http://localhost/'],
      ['connect', 'slack', '--simulator', '--redirect-uri', 'http://app.example.com/callback'],
      ['connect', 'slack', '--simulator', '--redirect-uri', 'https://app.example.com/#x'],
      ['connect', 'slack', '--env', '/nowhere/.env'],
      ['connect', 'gitlab', '--simulator', '--param', 'nope=1'],
      ['connect', 'shopify', '--simulator'],
    ]
    const answers = await runAll(wrong)
    for (const [at, { code, stdout, stderr }] of answers.entries()) {
      expect(code, `${wrong[at]}: ${stderr}`).toBe(2)
      expect(stdout).toBe('')
      expect(stderr).not.toMatch(/^\s+at /m)
    }
    const said = answers.map(({ stderr }) => stderr)
    expect(said[1]).toContain("unknown command 'conect'\n(Did you mean connect?)")
    expect(said[3]).toContain('there is no integration "slak"; did you mean "slack"?')
    expect(said[13]).toContain('there is no param "nope"')
    expect(said[14]).toContain('param "shop" is missing')
    expect(said[14]).toContain('--param name=value')
  })

  it('names every variable that is missing, and where to get it', { timeout: commandLimit }, async () => {
    const cwd = temporaryDirectory()
    const { code, stdout, stderr } = await run(['connect', 'google-calendar'], { cwd })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('GOOGLE_CALENDAR_CLIENT_ID, GOOGLE_CALENDAR_CLIENT_SECRET, LATCHKEY_SECRET')
    expect(stderr).toContain('npx latchkey show google-calendar')
    expect(stderr).toContain('npx latchkey secret')
  })

  it('has the version of the package', { timeout: commandLimit }, async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
    expect(await run(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
  })

  it('lists the integrations for people and for programs', { timeout: commandLimit }, async () => {
    const ids = providers.map(({ id }) => id)
    const [table, json] = await Promise.all([run(['providers']), run(['providers', '--json'])])
    const rows = table.stdout.trimEnd().split('\n').slice(1)
    expect(rows.map((row) => row.split(' ')[0])).toEqual(ids)
    expect(rows.find((row) => row.startsWith('shopify'))).toContain('--param shop')
    const listed: { id: string; params: unknown }[] = JSON.parse(json.stdout)
    expect(listed.map(({ id }) => id)).toEqual(ids)
    expect(listed.find(({ id }) => id === 'shopify')?.params).toEqual([
      expect.objectContaining({ name: 'shop', required: true, example: 'acme-store' }),
    ])
  })

  it('does not mind a reader that has seen enough', { timeout: commandLimit }, async () => {
    const command = start(['providers', '--json'])
    command.child.stdout?.destroy()
    expect(await command.ended).toMatchObject({ code: 0, stderr: '' })
  })

  it('shows what to register, set and know', { timeout: commandLimit }, async () => {
    const [text, json, key] = await Promise.all([
      run(['show', 'Google_Calendar']),
      run(['show', 'shopify', '--json']),
      run(['show', 'freshdesk']),
    ])
    expect(text.code).toBe(0)
    for (const words of [
      'GOOGLE_CALENDAR_CLIENT_ID',
      'GOOGLE_CALENDAR_CLIENT_SECRET',
      'https://console.cloud.google.com',
      'http://127.0.0.1:<free port>/oauth/google-calendar/callback',
      'http://127.0.0.1:8976/oauth/google-calendar/callback',
      'Scopes',
      'calendar',
    ])
      expect(text.stdout).toContain(words)
    expect(JSON.parse(json.stdout)).toMatchObject({
      id: 'shopify',
      environment: ['SHOPIFY_CLIENT_ID', 'SHOPIFY_CLIENT_SECRET', 'LATCHKEY_SECRET'],
      params: [{ name: 'shop', required: true }],
      redirectUris: { application: expect.stringMatching(/\/oauth\/shopify\/callback$/) },
    })
    expect(key.stdout).toContain('FRESHDESK_API_KEY')
    expect(key.stdout).not.toContain('Redirect URI')
  })

  it('makes a secret that the library takes, another each time', { timeout: commandLimit }, async () => {
    const [one, other] = await Promise.all([run(['secret']), run(['secret'])])
    expect(one.stdout).toMatch(/^[\w-]{43}\n$/)
    expect(one.stdout).not.toBe(other.stdout)
    const { createOAuthClient, memoryStore } = await import('../../src/index.ts')
    const { slack } = await import('../../providers/slack.ts')
    const options = {
      clientId: 'i',
      clientSecret: 's',
      redirectUri: 'http://127.0.0.1/',
      store: memoryStore(),
    }
    expect(() => createOAuthClient(slack, { ...options, secret: one.stdout.trim() })).not.toThrow()
  })
})
