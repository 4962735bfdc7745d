import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  createOAuthClient,
  defineProvider,
  fileStore,
  type OAuthClient,
  type ProviderDefinition,
} from '../../src/index.ts'
import { type MockProvider, mockProvider } from '../../src/testing/index.ts'
import { acmeAt } from '../support/acme.ts'
import { commandLimit, consentUrl, run, start, temporaryDirectory } from './command.ts'

const limit = { timeout: commandLimit }
const acme: ProviderDefinition = acmeAt('https://acme.example')
const clientSecret = 'client-secret-of-acme'
const secret = 'a-secret-of-this-test-that-is-long-enough'
const redirectUri = 'https://app.example.com/oauth/acme/callback'
const ref = { tenantId: 'local' }

let mock: MockProvider
let provider: Awaited<ReturnType<MockProvider['listen']>>
beforeEach(async () => {
  mock = mockProvider<ProviderDefinition>(acme, { clientId: 'client-1', clientSecret, redirectUri })
  provider = await mock.listen()
})
afterEach(() => provider.close())

/** An application's store and settings, with a connection in it. */
async function scene(tenantId = ref.tenantId) {
  const directory = temporaryDirectory()
  const file = join(directory, 'acme.json')
  writeFileSync(file, JSON.stringify(provider.definition))
  const envFile = join(directory, '.env')
  const path = join(directory, 'store')
  writeFileSync(
    envFile,
    `ACME_CLIENT_ID=client-1\nACME_CLIENT_SECRET=${clientSecret}\nLATCHKEY_SECRET=${secret}\n` +
      `LATCHKEY_BASE_URL=https://app.example.com\nLATCHKEY_STORE=${path}\n`,
  )
  await withStore(path, async (client) => {
    const { url } = await client.authorize({ tenantId })
    await client.callback(await mock.approve(url))
  })
  return {
    path,
    file,
    envFile,
    tokens: (tenant = tenantId) => withStore(path, (client) => client.getTokens({ tenantId: tenant })),
    /** `latchkey <command> acme.json --env .env …` */
    latchkey: (command: string, ...more: string[]) => run([command, file, '--env', envFile, ...more]),
    list: (...more: string[]) => run(['list', '--env', envFile, ...more]),
  }
}

async function withStore<T>(path: string, work: (client: OAuthClient) => Promise<T>): Promise<T> {
  const store = fileStore(path)
  const client: OAuthClient = createOAuthClient(provider.definition, {
    ...{ clientId: 'client-1', clientSecret, redirectUri, secret, store },
  })
  try {
    return await work(client)
  } finally {
    await client.close()
    await store.close?.()
  }
}

/** No secret of the scene is in what was printed. */
function expectSilence(printed: string, tokens: { accessToken: string; refreshToken?: string }) {
  for (const each of [clientSecret, secret, tokens.accessToken, tokens.refreshToken])
    expect(printed).not.toContain(each)
}

describe('a connection from the command line', () => {
  it(
    'is made by the process that began it, and by no application with the same settings',
    limit,
    async () => {
      const { file, path, envFile, list } = await scene()
      const args = ['connect', file, '--env', envFile, '--redirect-uri', redirectUri, '--tenant', 'other']
      const command = start([...args, '--no-open'])
      const back = await mock.approve(await consentUrl(command))
      await expect(withStore(path, (client) => client.callback(back))).rejects.toMatchObject({
        code: 'state_mismatch',
      })
      command.type(`${back}\n`)
      const { code, stdout, stderr } = await command.ended
      expect(code, stderr).toBe(0)
      expect(stdout).toMatch(/^tenant {8}other$/m)
      const held = await withStore(path, (client) => client.getTokens({ tenantId: 'other' }))
      expectSilence(stdout + stderr, held)
      expect(stdout + stderr).not.toContain(new URL(back).searchParams.get('code'))
      expect(JSON.parse((await list('--json')).stdout)).toHaveLength(2)
    },
  )

  it('is listed without its secrets, by integration and tenant', limit, async () => {
    const { list, file, tokens } = await scene()
    const table = await list()
    expect(table.stdout.split('\n')).toEqual([
      expect.stringMatching(/^integration +tenant +connection +status +expires +account$/),
      expect.stringMatching(/^acme +local +default +active +\d{4}-\d\d-\d\dT[\d:]+Z +\S/),
      '',
    ])
    const [all, own, others] = await Promise.all([
      list('--json'),
      list(file, '--json', '--tenant', 'local'),
      list('--json', '--tenant', 'nobody'),
    ])
    expect(JSON.parse(all.stdout)).toEqual([expect.objectContaining({ provider: 'acme', tenantId: 'local' })])
    expect(own.stdout).toBe(all.stdout)
    expect(others).toMatchObject({
      code: 0,
      stdout: '[]\n',
      stderr: expect.stringContaining('no connections'),
    })
    expect(all.stdout).not.toContain('sealed')
    expectSilence(table.stdout + table.stderr + all.stdout, await tokens())
  })

  it('is listed without what a terminal would obey', limit, async () => {
    const { path, list } = await scene()
    // The library lets no such name in; whoever can write to the store can.
    const store = fileStore(path)
    const key = { provider: 'acme', connectionId: 'default', ...ref }
    const record = await store.load(key)
    if (!record) throw new Error('the scene has no connection')
    const account = { id: '1', name: 'Eve\u001b]0;owned\u0007\u009b31m' }
    const version = record.version + 1
    expect(await store.save({ ...record, account, version }, { expectedVersion: record.version })).toBe(true)
    await store.close?.()
    for (const { stdout } of [await list(), await list('--json')]) {
      expect(stdout).toContain('Eve')
      for (const each of ['\u001b', '\u0007', '\u009b']) expect(stdout).not.toContain(each)
    }
  })

  it('prints its token and nothing else, refreshed where it has ended', limit, async () => {
    const { latchkey, tokens } = await scene()
    const before = await tokens()
    expect(await latchkey('token')).toEqual({ code: 0, stdout: `${before.accessToken}\n`, stderr: '' })
    const refreshed = await latchkey('refresh', '--json')
    const after = await tokens()
    expect(after.accessToken).not.toBe(before.accessToken)
    expect(refreshed.code).toBe(0)
    expect(JSON.parse(refreshed.stdout)).toMatchObject({ provider: 'acme', status: 'active' })
    for (const each of [before, after]) expectSilence(refreshed.stdout + refreshed.stderr, each)
    expect((await latchkey('token')).stdout).toBe(`${after.accessToken}\n`)
  })

  it('ends with code 3 where the user must connect first or again', limit, async () => {
    const { latchkey, file, tokens } = await scene()
    const held = await tokens()
    mock.revokeGrants()
    const dead = await latchkey('refresh')
    expect(dead).toMatchObject({ code: 3, stdout: '' })
    expect(dead.stderr).toMatch(/^latchkey: Acme OAuth failed: .*\n {2}The grant has ended. Connect again/)
    expectSilence(dead.stderr, held)
    const answers = await Promise.all([
      latchkey('token'),
      latchkey('token', '--tenant', 'nobody'),
      latchkey('disconnect', '--connection', 'another'),
      latchkey('refresh', '--store', join(file, '..', 'nowhere')),
    ])
    for (const { code, stdout, stderr } of answers) {
      expect(code, stderr).toBe(3)
      expect(stdout).toBe('')
      expect(stderr).toMatch(/^latchkey: .+\n {2}.+\n$/)
    }
    expect(existsSync(join(file, '..', 'nowhere'))).toBe(false)
  })

  it('ends with code 4 where the same command can work later, with 1 where it cannot', limit, async () => {
    const { latchkey, tokens } = await scene()
    const held = await tokens()
    mock.fault({ kind: 'html', on: 'refresh', status: 503, times: 5 })
    const later = await latchkey('refresh')
    expect(later).toMatchObject({ code: 4, stdout: '' })
    expect(later.stderr).toContain('html_response')
    expectSilence(later.stderr, held)
    const other = await latchkey('token', '--token', 'nobody')
    expect(other.code, other.stderr).not.toBe(0)
    expectSilence(other.stdout + other.stderr, held)
  })

  it('does not open what another LATCHKEY_SECRET has sealed', limit, async () => {
    const { file, path } = await scene()
    const env = {
      ...{ ACME_CLIENT_ID: 'client-1', ACME_CLIENT_SECRET: clientSecret, LATCHKEY_STORE: path },
      LATCHKEY_SECRET: 'another-secret-that-is-long-enough-too',
    }
    const { code, stdout, stderr } = await run(['token', file], { env })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('It was sealed with another LATCHKEY_SECRET')
  })

  it('ends at the provider, or only here where the grant is to stay', limit, async () => {
    const { latchkey, list } = await scene()
    const ended = await latchkey('disconnect')
    expect(ended).toMatchObject({ code: 0, stdout: '' })
    expect(ended.stderr).toBe('Acme is disconnected for local: the provider has ended the grant.\n')
    expect(mock.requests.filter(({ endpoint }) => endpoint === 'revocation')).toHaveLength(1)
    expect((await list('--json')).stdout).toBe('[]\n')
    const other = await scene()
    expect(await other.latchkey('disconnect', '--no-revoke')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('the grant at the provider stays'),
    })
    expect(mock.requests.filter(({ endpoint }) => endpoint === 'revocation')).toHaveLength(1)
  })

  it('is forgotten, and the failure told, where the provider does not end it', limit, async () => {
    const { latchkey, list } = await scene()
    mock.fault({ kind: 'html', on: 'revocation', status: 503, times: 9 })
    const { code, stderr } = await latchkey('disconnect')
    expect(code).toBe(1)
    expect(stderr).toContain('its tokens are forgotten, but the provider did not end the grant')
    expect(stderr).toContain('remove the app in the settings of Acme')
    expect((await list('--json')).stdout).toBe('[]\n')
  })

  it('is refreshed with the redirect URI again where the provider wants that', limit, async () => {
    const repeating = defineProvider({ ...acme, refresh: { rotates: true, sendRedirectUri: true } })
    mock = mockProvider<ProviderDefinition>(repeating, {
      ...{ clientId: 'client-1', clientSecret, redirectUri },
    })
    await provider.close()
    provider = await mock.listen()
    const { latchkey, file, path } = await scene()
    expect((await latchkey('refresh')).code).toBe(0)
    const env = {
      ...{ ACME_CLIENT_ID: 'client-1', ACME_CLIENT_SECRET: clientSecret, LATCHKEY_SECRET: secret },
    }
    const without = await run(['refresh', file, '--store', path], { env })
    expect(without.code).toBe(2)
    expect(without.stderr).toContain('Give the --port or --redirect-uri that connect had')
    const given = await run(['refresh', file, '--store', path, '--redirect-uri', redirectUri], { env })
    expect(given.code, given.stderr).toBe(0)
  })
})
