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
import { startSimulators, tenants } from './simulators.ts'
import { bold, green, progress, table } from './table.ts'

// npm run demo: real HTTP flows of every built-in integration, against simulators made from the definitions.

/** Definitions of a second way to connect an integration that is in the table already. */
const variants: readonly string[] = ['stripe-app', 'trello-oauth1']

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
  const integrations = simulators.length - variants.length
  console.log(bold(`\n1. Connect ${integrations} integrations for two tenants, over HTTP\n`))
  const connected = await runProcess(
    'connect',
    table([
      ['integration', 18],
      ['protocol', 10],
      ['tenants', 7],
      ['account', 18],
      ['scopes', 34],
      ['expires', 9],
      ['historical sync', 20],
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
      ['integration', 18],
      [tenants[0], 20],
      [tenants[1], 20],
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
    const late: (readonly string[])[] = []
    child.on('message', (message: Message) => {
      if (message.kind === 'row') {
        if (variants.includes(message.id)) late.push(message.cells)
        else rows.row(...message.cells)
      }
      if (message.kind === 'doing') progress(message.text)
      if (message.kind !== 'done') return
      count = message.count
      rows.note(`and ${variants.length} other ways to connect two of them`)
      for (const cells of late) rows.row(...cells)
      for (const warning of message.warnings) rows.note(`warning: ${warning}`)
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
