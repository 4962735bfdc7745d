import { isOAuthError } from '../../errors/oauth-error.ts'
import { defineProvider, definitionMistakes } from '../../provider/define.ts'
import { readDefinitionFile } from '../definition-file.ts'
import { dryRun, type Step } from '../dry-run.ts'
import { CommandFailure, exitCodes } from '../exit-codes.ts'
import { line, plain, print } from '../output.ts'
import { trialStore } from '../trial-store.ts'

/** `latchkey check <file>`: the schema's say, then each definition against its own simulator. */
export async function check(path: string, signal: AbortSignal): Promise<void> {
  let bad = 0
  const found = await read(path)
  for (const data of found) {
    signal.throwIfAborted()
    if (!(await checkOne(data))) bad += 1
  }
  if (bad === 0) return
  throw new CommandFailure(
    found.length > 1 ? `${path}: ${bad} of ${found.length} failed` : `${path} failed`,
    {
      exitCode: exitCodes.failed,
      hint: 'What each field means: docs/definitions.md, or an editor on latchkey/provider.schema.json.',
    },
  )
}

/** A module that calls `defineProvider` itself fails while it is loaded: that is a result of the check, too. */
async function read(path: string): Promise<readonly unknown[]> {
  try {
    return await readDefinitionFile(path)
  } catch (error) {
    if (!isOAuthError(error)) throw error
    throw new CommandFailure(`${path}: ${error.message}`, { exitCode: exitCodes.failed, hint: error.hint })
  }
}

async function checkOne(data: unknown): Promise<boolean> {
  print(nameOf(data))
  const mistakes = definitionMistakes(data)
  if (mistakes.length > 0) {
    report('schema', 'failed', `${mistakes.length} mistake${mistakes.length > 1 ? 's' : ''}`)
    for (const mistake of mistakes) print(`    ${plain(mistake)}`)
    return false
  }
  const definition = defineProvider(data)
  report('schema', 'ok', definition.protocol)
  const inUse = trialStore()
  try {
    const steps = await dryRun(definition, inUse)
    for (const { name, outcome, detail } of steps) report(name, outcome, detail)
    return steps.every(({ outcome }) => outcome !== 'failed')
  } finally {
    await inUse.close()
  }
}

function report(name: string, outcome: Step['outcome'], detail: string): void {
  print(`  ${line([name, outcome, plain(detail)], [10, 6])}`)
}

function nameOf(data: unknown): string {
  const id: unknown = typeof data === 'object' && data !== null && 'id' in data ? data.id : undefined
  return typeof id === 'string' ? plain(id) : '(no id)'
}
