// Writes provider.schema.json from src/provider/schema.ts. `--check` changes nothing and exits 1 when it is stale.
import { generatedFile } from './generated-file.ts'
import { providerJsonSchema } from './provider-json-schema.ts'

generatedFile('provider.schema.json', `${JSON.stringify(providerJsonSchema(), null, 2)}\n`, 'npm run schema')
