import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { promisify } from 'node:util'
import { createClient } from 'redis'
import { describe } from 'vitest'
import { type TemporaryDirectory, temporaryDirectory } from '../stores/temporary-directory.ts'
import { redisUrl } from './servers.ts'

const isInstalled = spawnSync('redis-server', ['--version']).status === 0

/** `describe` where `redis-server` can be started; elsewhere as `describeWithRedis` does without a server. */
export function describeWithRedisServer(words: string, tests: () => void): void {
  const why = 'no redis-server and redis-cli on this machine: install Redis'
  if (isInstalled) describe(words, tests)
  else if (process.env.LATCHKEY_NEED_SERVERS) throw new Error(why)
  else describe.skip(`${words} (skipped: ${why})`, tests)
}

/** A server of the test's own that can be stopped and started. What it has acknowledged is on disk. */
export interface OwnRedis {
  readonly port: number
  readonly url: string
  start(): Promise<void>
  /** SIGKILL, as a machine that loses power. */
  kill(): Promise<void>
  /** Answers to nobody, but keeps its connections. */
  freeze(): void
  thaw(): void
  dispose(): Promise<void>
}

export async function ownRedis(...options: string[]): Promise<OwnRedis> {
  return redisOn(await freePort(), temporaryDirectory(), options)
}

async function redisOn(port: number, directory: TemporaryDirectory, options: string[]): Promise<OwnRedis> {
  let server: ChildProcess | undefined
  const kill = async () => {
    if (!server) return
    const ended = once(server, 'exit')
    server.kill('SIGKILL')
    await ended
    server = undefined
  }
  const own: OwnRedis = {
    port,
    url: `redis://127.0.0.1:${port}`,
    async start() {
      const fixed = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory.path, '--save', '']
      const durable = ['--appendonly', 'yes', '--appendfsync', 'always']
      server = spawn('redis-server', [...fixed, ...durable, ...options], { stdio: 'ignore' })
      await answering(port)
    },
    kill,
    freeze: () => server?.kill('SIGSTOP'),
    thaw: () => server?.kill('SIGCONT'),
    async dispose() {
      await kill()
      directory.remove()
    },
  }
  await own.start()
  return own
}

export interface OwnCluster {
  readonly ports: readonly number[]
  dispose(): Promise<void>
}

/** Three masters, no replica. */
export async function ownCluster(): Promise<OwnCluster> {
  const servers = await Promise.all(
    [1, 2, 3].map(async () => {
      const bus = await freePort()
      return ownRedis(
        '--cluster-enabled',
        'yes',
        '--cluster-port',
        String(bus),
        '--cluster-node-timeout',
        '2000',
      )
    }),
  )
  const ports = servers.map((server) => server.port)
  const addresses = ports.map((port) => `127.0.0.1:${port}`)
  await promisify(execFile)('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-yes'])
  for (const port of ports)
    await answering(port, (info) => info.includes('cluster_state:ok'), ['CLUSTER', 'INFO'])
  return {
    ports,
    async dispose() {
      await Promise.all(servers.map((server) => server.dispose()))
    },
  }
}

async function answering(
  port: number,
  isGood: (answer: string) => boolean = (answer) => answer === 'PONG',
  command: string[] = ['PING'],
): Promise<void> {
  const end = performance.now() + 15_000
  while (performance.now() < end) {
    const { stdout } = await promisify(execFile)('redis-cli', ['-p', String(port), ...command]).catch(() => ({
      stdout: '',
    }))
    if (isGood(stdout.trim())) return
    await new Promise((resume) => setTimeout(resume, 50))
  }
  throw new Error(`redis-server on port ${port} does not answer`)
}

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return address.port
}

/** Removes what a test has left on the shared server: every key that holds `part`. */
export async function removeKeys(part: string, url: string = redisUrl): Promise<void> {
  const client = createClient({ url })
  client.on('error', () => undefined)
  await client.connect()
  for await (const keys of client.scanIterator({ MATCH: `*${part}*`, COUNT: 1_000 }))
    if (keys.length > 0) await client.unlink(keys)
  client.destroy()
}
