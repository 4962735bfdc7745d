import { parseArgs } from 'node:util'
import { postgresStore } from 'latchkey/stores/postgres'
import { clientsFromEnvironment } from './clients.ts'
import { move } from './move.ts'
import type { OldRow } from './old-connection.ts'
import { verify } from './verify.ts'

/**
 * The command line that all of these migrations have: nothing says what would be moved, `--write` moves, `--verify` asks
 * each moved connection for a token. latchkey's own table is made beside the old one, in `DATABASE_URL`.
 */
export async function migrate(rows: (databaseUrl: string) => AsyncIterable<OldRow>): Promise<void> {
  const { values } = parseArgs({
    options: { write: { type: 'boolean', default: false }, verify: { type: 'boolean', default: false } },
  })
  const connectionString = needed('DATABASE_URL')
  const store = postgresStore({ connectionString })
  try {
    await store.ensureSchema()
    if (values.verify) {
      console.log(JSON.stringify(await verify(clientsFromEnvironment(store)), null, 2))
      return
    }
    const dryRun = !values.write
    const report = await move(rows(connectionString), { store, clients: clientsFromEnvironment, dryRun })
    console.log(JSON.stringify({ dryRun, ...report }, null, 2))
  } finally {
    await store.close?.()
  }
}

/** A variable of the environment, or an error that names it. */
export function needed(variable: string): string {
  const value = process.env[variable]
  if (!value) throw new Error(`set ${variable}`)
  return value
}
