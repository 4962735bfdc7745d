import { migrate } from '../migrate-shared/command.ts'
import type { OldRow } from '../migrate-shared/old-connection.ts'
import { mergeDuplicates } from './merge.ts'
import { readTenants } from './read-rows.ts'
import { readRow } from './row.ts'

// Newest first, as Python's MultiFernet has them; none where the tokens are stored as they are.
const fernetKeys = (process.env.FERNET_KEYS ?? '').split(',').filter((key) => key !== '')

async function* oldRows(databaseUrl: string): AsyncGenerator<OldRow> {
  for await (const tenant of readTenants(databaseUrl, process.env.OLD_TIME_ZONE))
    yield* mergeDuplicates(tenant.map((row) => readRow(row, fernetKeys)))
}

await migrate(oldRows)
