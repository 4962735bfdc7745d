import type { ProviderDefinition } from '../../provider/definition.ts'
import type { Connection } from '../../types.ts'
import { connectByBrowser } from '../connect/by-browser.ts'
import { connectByKey } from '../connect/by-key.ts'
import { type ConnectOptions, openStore } from '../connect/connect-options.ts'
import { describeChoices, describeConnection } from '../describe-connection.ts'
import { loadEnvironment, storePath } from '../environment.ts'
import { findDefinition } from '../find-definition.ts'
import { plain, print, printJson, say } from '../output.ts'

/** `latchkey connect <id>`: one account, from this terminal, into the file store. */
export async function connect(name: string, options: ConnectOptions, signal: AbortSignal): Promise<void> {
  loadEnvironment(options)
  const definition = await findDefinition(name)
  const inUse = await openStore(definition, options)
  let connection: Connection
  try {
    connection =
      definition.protocol === 'api-key'
        ? await connectByKey(definition, options, inUse, signal)
        : await connectByBrowser(definition, options, inUse, signal)
  } finally {
    await inUse.close()
  }
  say(`\n${plain(definition.name)} is connected${whereTo(options)}.`)
  sayChoices(definition, connection)
  if (options.json) printJson(connection)
  else for (const each of describeConnection(connection)) print(each)
}

function whereTo(options: ConnectOptions): string {
  if (!options.simulator) return ` and stored in ${storePath(options)}`
  if (options.store === undefined)
    return ', to a simulator. Nothing was kept: neither the store nor the simulator outlives this command'
  return `, to a simulator that is gone now, and stored in ${options.store}`
}

function sayChoices({ name }: ProviderDefinition, connection: Connection): void {
  const choices = describeChoices(connection)
  if (choices.length === 0) return
  say(`${plain(name)} reached several. Connect again with one of these:`)
  for (const each of choices) say(each)
}
