import { providers } from '../../../providers/index.ts'
import { dryRun, type Step } from '../dry-run.ts'
import { CommandFailure, exitCodes } from '../exit-codes.ts'
import { line, print, say } from '../output.ts'
import { trialStore } from '../trial-store.ts'

const widths = [16, 10, 8, 8, 8, 10]

/** `latchkey demo`: the life of a connection of every built-in definition, each against its own simulator. */
export async function demo(signal: AbortSignal): Promise<void> {
  const started = performance.now()
  say('Every integration against a simulator made from its definition, over HTTP on this machine.\n')
  print(line(['integration', 'protocol', 'connect', 'call', 'refresh', 'disconnect'], widths))
  const inUse = trialStore()
  let failed = 0
  try {
    for (const definition of providers) {
      signal.throwIfAborted()
      const steps = await dryRun(definition, inUse)
      print(line([definition.id, definition.protocol, ...cells(steps)], widths))
      const failure = steps.find(({ outcome }) => outcome === 'failed')
      if (!failure) continue
      failed += 1
      say(`  ${failure.name}: ${failure.detail}`)
    }
  } finally {
    await inUse.close()
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  const total = providers.length
  say(
    `\n${total - failed} of ${total} definitions: connected, called, refreshed where they can be, disconnected (${seconds} s)`,
  )
  if (failed > 0)
    throw new CommandFailure(`${failed} of ${total} failed`, {
      exitCode: exitCodes.failed,
      hint: 'Please report it: nothing but this package and this machine takes part.',
    })
}

/** Connect is one cell, however many steps it takes. */
function cells(steps: readonly Step[]): string[] {
  const connect = steps.filter(({ name }) => !['call', 'refresh', 'disconnect'].includes(name))
  const first = connect.find(({ outcome }) => outcome === 'failed') ?? connect.at(-1)
  const rest = (['call', 'refresh', 'disconnect'] as const).map((wanted) =>
    steps.find(({ name }) => name === wanted),
  )
  return [first, ...rest].map((step) => ({ ok: 'ok', none: '-', failed: 'FAILED' })[step?.outcome ?? 'none'])
}
