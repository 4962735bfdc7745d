import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Arrived, type ProviderServer, startProviderServer } from '../support/provider-server.ts'

const script = fileURLToPath(new URL('./children/connection-process.ts', import.meta.url))

let directory: string
let provider: ReturnType<typeof rotatingProvider>
let server: ProviderServer
const running = new Set<ReturnType<typeof spawn>>()
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'latchkey-restart-'))
  provider = rotatingProvider()
  server = await startProviderServer(provider.respond)
})
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL')
  await server.close()
  await rm(directory, { recursive: true, force: true })
})

/** Takes a code and each refresh token once, as strict providers do; `hold` keeps an answer back for good. */
function rotatingProvider() {
  let serial = 0
  let valid = ''
  const state = { hold: undefined as (() => void) | undefined }
  const issue = () => {
    serial++
    valid = `refresh-${serial}`
    return {
      body: JSON.stringify({ access_token: `access-${serial}`, refresh_token: valid, expires_in: 3600 }),
    }
  }
  const refuse = { status: 400, body: JSON.stringify({ error: 'invalid_grant' }) }
  let spent = false
  const respond = ({ path, body, headers }: Arrived) => {
    if (path === '/me') return { body: JSON.stringify({ id: 'ada', name: 'Ada' }) }
    if (path === '/api/things') return { body: JSON.stringify({ seen: headers.authorization }) }
    const form = new URLSearchParams(body)
    if (form.get('grant_type') === 'authorization_code') {
      if (spent) return refuse
      spent = true
      return issue()
    }
    if (state.hold) {
      state.hold()
      return 'hang'
    }
    return form.get('refresh_token') === valid ? issue() : refuse
  }
  return { respond, state }
}

interface Ended {
  readonly said: unknown
  readonly signal: NodeJS.Signals | null
  readonly exitCode: number | null
}

/** One process of the application, from start to end; what it printed last is what it said. */
function startProcess(step: string, callbackUrl = '') {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', script, server.origin, directory, step, callbackUrl],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  running.add(child)
  let output = ''
  let complaints = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text
  })
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode, signal) => {
      running.delete(child)
      if (exitCode) reject(new Error(`"${step}" ended with ${exitCode}: ${complaints}`))
      else resolve({ said: output === '' ? undefined : JSON.parse(output), signal, exitCode })
    })
  })
  return { ended, kill: () => child.kill('SIGKILL') }
}

async function run(step: string, callbackUrl?: string): Promise<unknown> {
  const { said, signal } = await startProcess(step, callbackUrl).ended
  expect(signal).toBeNull()
  return said
}

const refreshTokensSent = () =>
  server.requests
    .map(({ body }) => new URLSearchParams(body).get('refresh_token'))
    .filter((token) => token !== null)

describe('a process that dies', () => {
  it('right after callback resolved: the next one finds the connection, refreshes it and uses it', async () => {
    const first = await startProcess('connect and die').ended
    expect(first.signal).toBe('SIGKILL')
    expect(first.said).toMatchObject({ tenantId: 'tenant-1', status: 'active', version: 1 })

    expect(await run('connection')).toEqual(first.said)
    expect(await run('use')).toMatchObject({
      before: 'access-1',
      refreshed: { status: 'active', version: 2, account: { id: 'ada', name: 'Ada' }, userId: 'user-1' },
      after: 'access-2',
      answer: { seen: 'Bearer access-2' },
    })
    expect(refreshTokensSent()).toEqual(['refresh-1'])
    expect(await run('tokens')).toMatchObject({ accessToken: 'access-2', refreshToken: 'refresh-2' })
  }, 30_000)

  it('right after refresh resolved: the rotated refresh token is there', async () => {
    await startProcess('connect and die').ended
    const refreshed = await startProcess('refresh and die').ended
    expect(refreshed).toMatchObject({ signal: 'SIGKILL', said: { version: 2 } })
    expect(await run('tokens')).toMatchObject({ accessToken: 'access-2', refreshToken: 'refresh-2' })
    expect(await run('refresh')).toMatchObject({ status: 'active', version: 3 })
    expect(refreshTokensSent()).toEqual(['refresh-1', 'refresh-2'])
  }, 30_000)

  it('in the middle of a refresh: the next one takes over its lease and sends the same refresh token', async () => {
    await startProcess('connect and die').ended
    const arrived = new Promise<void>((resolve) => {
      provider.state.hold = resolve
    })
    const refreshing = startProcess('refresh')
    await arrived
    refreshing.kill()
    expect(await refreshing.ended).toMatchObject({ signal: 'SIGKILL', said: undefined })
    const before = refreshTokensSent().length

    // The provider has seen the request and not acted on it; the dead process still holds the lease.
    provider.state.hold = undefined
    expect(await run('tokens')).toMatchObject({ accessToken: 'access-1', refreshToken: 'refresh-1' })
    expect(await run('use')).toMatchObject({
      before: 'access-1',
      refreshed: { status: 'active', version: 2 },
      after: 'access-2',
      answer: { seen: 'Bearer access-2' },
    })
    expect(refreshTokensSent().slice(before)).toEqual(['refresh-1'])
    // The lease outlives all attempts of a refresh and the writes around them: 2 × 1.5 s + 2 × 5 s.
  }, 60_000)
})

describe('a flow that is begun in one process and finished in another', () => {
  it('succeeds once, and in every other process the callback is state_replayed', async () => {
    const url = String(await run('authorize'))
    expect(await run('callback', url)).toMatchObject({ tenantId: 'tenant-1', status: 'active', version: 1 })
    const exchanges = server.requests.filter(({ path }) => path === '/token').length
    expect(exchanges).toBe(1)
    for (let i = 0; i < 2; i++)
      expect(await run('callback', url)).toEqual({ failed: 'state_replayed', redirectPath: '/back' })
    expect(server.requests.filter(({ path }) => path === '/token').length).toBe(exchanges)
    expect(await run('connection')).toMatchObject({ status: 'active', version: 1 })
  }, 30_000)

  it('has one winner among processes that bring the same callback at once', async () => {
    const url = String(await run('authorize'))
    const outcomes = await Promise.all([1, 2, 3].map(() => run('callback', url)))
    const failures = outcomes.filter((said) => typeof said === 'object' && said !== null && 'failed' in said)
    expect(failures).toEqual([
      { failed: 'state_replayed', redirectPath: '/back' },
      { failed: 'state_replayed', redirectPath: '/back' },
    ])
    expect(server.requests.filter(({ path }) => path === '/token')).toHaveLength(1)
  }, 30_000)

  it('is a replay after the process that claimed it has died', async () => {
    const url = String(await run('authorize'))
    expect(await run('callback', url)).toMatchObject({ status: 'active' })
    expect((await startProcess('refresh and die').ended).signal).toBe('SIGKILL')
    expect(await run('callback', url)).toEqual({ failed: 'state_replayed', redirectPath: '/back' })
  }, 30_000)
})
