import { existsSync } from 'node:fs'
import { fileStore } from '../../stores/file-store.ts'
import { toConnection } from '../../tokens/connection-record.ts'
import type { Connection } from '../../types.ts'
import { accountWords } from '../describe-connection.ts'
import { loadEnvironment, type StoreOptions, storePath } from '../environment.ts'
import { findDefinition } from '../find-definition.ts'
import { print, printJson, say, table } from '../output.ts'

interface ListOptions extends StoreOptions {
  readonly tenant?: string
  readonly json?: boolean
}

/** `latchkey list [id]`: what is connected. It needs no secret: nothing sealed is opened. */
export async function list(name: string | undefined, options: ListOptions): Promise<void> {
  loadEnvironment(options)
  const path = storePath(options)
  const provider = name === undefined ? undefined : (await findDefinition(name)).id
  const connections = existsSync(path) ? await read(path, { provider, tenantId: options.tenant }) : []
  if (options.json) printJson(connections)
  else if (connections.length > 0) for (const each of describe(connections)) print(each)
  if (connections.length === 0) say(`There are no connections in ${path}.`)
}

async function read(
  path: string,
  filter: { readonly provider: string | undefined; readonly tenantId: string | undefined },
): Promise<readonly Connection[]> {
  const store = fileStore(path)
  try {
    const connections: Connection[] = []
    for await (const record of store.list(filter)) connections.push(toConnection(record))
    return connections
  } finally {
    await store.close?.()
  }
}

function describe(connections: readonly Connection[]): string[] {
  return table(
    ['integration', 'tenant', 'connection', 'status', 'expires', 'account'],
    connections.map((connection) => [
      connection.provider,
      connection.tenantId,
      connection.connectionId,
      connection.status,
      connection.expiresAt?.toISOString().replace(/\.\d+Z$/, 'Z') ?? '-',
      accountWords(connection),
    ]),
  )
}
