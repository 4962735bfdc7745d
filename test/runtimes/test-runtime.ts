import { randomBytes } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startSimulators } from '../../examples/demo/simulators.ts'
import { commandLine } from './command-line.ts'
import { serveControl } from './control-server.ts'
import { events, handler, refreshOnce, runInside, type Target } from './drive.ts'
import { runProcess } from './run-process.ts'
import type { Runtime } from './runtimes.ts'
import { appOrigin, type Setup } from './setup.ts'
import { within } from './within.ts'

export interface Tally {
  passed: number
  readonly failed: string[]
}

/** ms for one flow: conformance suites and timeouts included. */
const patience = 300_000

/** Everything on one runtime, flow by flow, each with a line of its own. */
export async function testRuntime(
  runtime: Runtime,
  folder: string,
  servers: Pick<Setup, 'redisUrl' | 'postgresUrl'>,
  only: (flow: string) => boolean,
): Promise<Tally> {
  const tally: Tally = { passed: 0, failed: [] }
  const began = performance.now()
  const { command, script, told } = runtime.prepare(folder)
  console.log(`\n== ${runtime.name}: ${told}`)
  const simulators = await startSimulators(appOrigin)
  const control = await serveControl(simulators)
  const setup: Setup = {
    runtime: /^\w+/.exec(runtime.name)?.[0] ?? '',
    control: control.origin,
    secret: randomBytes(32).toString('base64url'),
    simulated: simulators.map(({ definition, clientId, clientSecret, keys }) => ({
      definition,
      clientId,
      clientSecret,
      keys,
    })),
    ...servers,
    ...(!runtime.isWorker && { folder: mkdtempSync(join(folder, 'store-')) }),
  }
  const file = join(folder, 'setup.json')
  writeFileSync(file, JSON.stringify(setup))
  const env = { ...process.env, LATCHKEY_RUNTIME_TEST: file }
  const isWorker = runtime.isWorker ?? false
  const served = await runProcess(command, { cwd: folder, env, isWorker }).catch((error: unknown) => {
    report(tally, runtime.name, 'start', began, error)
    return undefined
  })
  try {
    if (!served) return tally
    report(tally, runtime.name, 'start', began, undefined, 'ready')
    const target: Target = { origin: served.origin, simulators }
    const suites: Promise<void>[] = []
    for (const [flow, run] of Object.entries({
      ...(script && { cli: () => commandLine(script, folder) }),
      ...flowsOf(target, runtime, setup),
    })) {
      if (!only(flow)) continue
      const start = performance.now()
      const judged = within(run(), patience).then(
        (words) => report(tally, runtime.name, flow, start, undefined, words),
        (error: unknown) => report(tally, runtime.name, flow, start, error),
      )
      // They wait more than they compute, and come last.
      if (flow.startsWith('suite-')) suites.push(judged)
      else await judged
    }
    await Promise.all(suites)
    const start = performance.now()
    await served.end().then(
      () => report(tally, runtime.name, 'end', start, undefined, 'nothing was left open'),
      (error: unknown) => report(tally, runtime.name, 'end', start, error),
    )
  } finally {
    served?.kill()
    await control.close()
    await Promise.all(simulators.map(({ close }) => close()))
  }
  return tally
}

/** What is asked of the runtime from outside, and what is done in it where that is possible. */
function flowsOf(
  target: Target,
  { inside }: Runtime,
  { redisUrl, postgresUrl }: Setup,
): Readonly<Record<string, () => Promise<string>>> {
  const isMissing = (flow: string) =>
    (flow.endsWith('-redis') && !redisUrl) || (flow.endsWith('-postgres') && !postgresUrl)
  const names = Object.keys(inside).filter((name) => !isMissing(name))
  return {
    handler: () => handler(target),
    'refresh-once': () => refreshOnce(target),
    events: () => events(target),
    ...Object.fromEntries(names.map((name) => [name, () => runInside(target, name)])),
  }
}

function report(tally: Tally, runtime: string, flow: string, start: number, error: unknown, told = ''): void {
  const ms = `${Math.round(performance.now() - start)} ms`
  if (error === undefined) {
    tally.passed += 1
    console.log(`   ${flow.padEnd(20)} ${ms.padStart(9)}  ${told}`)
    return
  }
  tally.failed.push(`${runtime}: ${flow}`)
  const words = error instanceof Error ? (error.stack ?? error.message) : String(error)
  console.log(`   ${flow.padEnd(20)} ${ms.padStart(9)}  FAILED ${words}`)
}
