import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Setup, startApplication } from './application.ts'
import { runFaults } from './faults.ts'
import type { Message } from './process.ts'
import { startSimulators } from './simulators.ts'
import { bold, green, progress, table } from './table.ts'

// npm run demo: real HTTP flows of every built-in integration, against simulators made from the definitions.

const started = Date.now()
const appPort = await freePort()
const simulators = await startSimulators(`http://127.0.0.1:${appPort}`)
const storePath = await mkdtemp(join(tmpdir(), 'latchkey-demo-'))
const setup: Setup = {
  appPort,
  storePath,
  secret: randomBytes(32).toString('base64url'),
  simulated: simulators.map(({ definition, clientId, clientSecret, keys }) => ({
    definition,
    clientId,
    clientSecret,
    keys,
  })),
}

try {
  console.log(bold(`\n1. Connect ${simulators.length} integrations for two tenants, over HTTP\n`))
  const connected = await runProcess(
    'connect',
    table([
      ['integration', 16],
      ['tenant', 8],
      ['account', 20],
      ['scopes', 34],
      ['expires', 9],
      ['historical sync', 16],
    ]),
  )

  console.log(
    bold('\n2. That process was killed. Another one, on the same store, with every access token expired\n'),
  )
  // Where there are no refresh tokens, access tokens live until somebody ends them.
  for (const { definition, mock } of simulators) if (definition.refresh) mock.expireAccessTokens()
  const alive = await runProcess(
    'restart',
    table([
      ['integration', 16],
      ['tenant', 8],
      ['status', 8],
      ['tokens', 26],
      ['API', 8],
    ]),
  )
  if (alive !== connected) throw new Error(`${connected} were connected, ${alive} are alive`)

  console.log(bold('\n3. What a user sees when it goes wrong\n'))
  const faults = table([
    ['fault', 29],
    ['code', 20],
    ['message', 60],
  ])
  const app = await startApplication(setup)
  for await (const { fault, code, message } of runFaults(app, simulators)) faults.row(fault, code, message)
  await app.close()

  const seconds = ((Date.now() - started) / 1000).toFixed(1)
  console.log(
    green(
      `\n${connected} connections made, all alive after a restart, every fault a clear error (${seconds} s)\n`,
    ),
  )
} finally {
  await Promise.all(simulators.map(({ close }) => close()))
  await rm(storePath, { recursive: true, force: true })
}

/** Runs one process of the application to its end: the first by SIGKILL, as a crash would end it. */
async function runProcess(phase: 'connect' | 'restart', rows: ReturnType<typeof table>): Promise<number> {
  const child = fork(fileURLToPath(new URL('./process.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
  })
  return new Promise((resolve, reject) => {
    let count: number | undefined
    child.on('message', (message: Message) => {
      if (message.kind === 'row') rows.row(...message.cells)
      if (message.kind === 'doing') progress(message.text)
      if (message.kind !== 'done') return
      count = message.count
      if (phase === 'connect') child.kill('SIGKILL')
    })
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      if (count === undefined) reject(new Error(`the ${phase} process ended early (${signal ?? code})`))
      else resolve(count)
    })
    child.send({ ...setup, phase })
  })
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (typeof address !== 'object' || address === null) throw new Error('no free port')
  return address.port
}
