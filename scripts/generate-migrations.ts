// Writes migrations/postgres/*.sql from src/stores/postgres/migrations.ts. `--check` changes nothing and exits 1 when
// one is stale.
import { migrationFile, migrations } from '../src/stores/postgres/migrations.ts'
import { defaultTable, tableNames } from '../src/stores/postgres/table-names.ts'
import { generatedFile } from './generated-file.ts'

const command = 'npx tsx scripts/generate-migrations.ts'
for (const migration of migrations)
  generatedFile(
    `migrations/postgres/${migration.name}.sql`,
    migrationFile(migration, tableNames(defaultTable)),
    command,
  )
