import { createOAuthClient } from '../../index.ts'
import type { ApiKeyDefinition } from '../../provider/definition.ts'
import type { Connection } from '../../types.ts'
import { keyVariable } from '../environment.ts'
import { usageFailure } from '../exit-codes.ts'
import { tellingHooks } from '../open-client.ts'
import { plain } from '../output.ts'
import { clientOf, type Simulator, startSimulator } from '../simulator.ts'
import type { StoreInUse } from '../trial-store.ts'
import { type ConnectOptions, splitParams } from './connect-options.ts'
import { readHidden } from './terminal-input.ts'

/** Connects an account whose provider gives its users keys. */
export async function connectByKey(
  definition: ApiKeyDefinition,
  options: ConnectOptions,
  { store, secret }: StoreInUse,
  signal: AbortSignal,
): Promise<Connection> {
  const { trusted, given } = splitParams(definition, options)
  const simulator = options.simulator
    ? await startSimulator(definition, { redirectUri: 'http://127.0.0.1/', params: trusted })
    : undefined
  try {
    const simulated = simulator?.definition
    const client = createOAuthClient(simulated?.protocol === 'api-key' ? simulated : definition, {
      store,
      ...(secret !== undefined && { secret }),
      ...(simulator && clientOf(simulator)),
      params: trusted,
      hooks: tellingHooks,
    })
    try {
      const credentials = await readCredentials(definition, simulator, signal)
      const { tenant: tenantId, connection: connectionId } = options
      const { connection } = await client.connect({ tenantId, connectionId, credentials, params: given })
      return connection
    } finally {
      await client.close()
    }
  } finally {
    await simulator?.close()
  }
}

/** From the environment, else from the terminal or a pipe: never from an argument, which `ps` and the history show. */
async function readCredentials(
  definition: ApiKeyDefinition,
  simulator: Simulator | undefined,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  const [[name, declared] = ['', undefined]] = Object.entries(definition.credentials)
  if (simulator) return { [name]: simulator.mock.issueKey() }
  const variable = keyVariable(definition, name)
  const prompt = `${plain(definition.name)}: ${plain(declared?.description ?? name)}: `
  const key = process.env[variable] ?? (await readHidden({ prompt, signal }))
  if (key?.trim()) return { [name]: key.trim() }
  throw usageFailure(
    `no ${name} was given`,
    `Set ${variable}, type it when asked, or pipe it in. It is never an argument: those can be seen by others.`,
  )
}
