// Writes provider.schema.json from src/provider/schema.ts. `--check` changes nothing and exits 1 when it is stale.
import { generatedFile } from './generated-file.ts'
import { providerJsonSchema } from './provider-json-schema.ts'

/** As Biome writes it: a list of words on one line where it fits. */
const text = JSON.stringify(providerJsonSchema(), null, 2).replace(
  /^(.*)\[\n([^[\]{}]*?)\n\s*\](,?)$/gm,
  (all: string, before: string, inside: string, after: string) => {
    const line = `${before}[${inside.trim().replace(/\s*\n\s*/g, ' ')}]${after}`
    return line.length <= 110 ? line : all
  },
)
generatedFile('provider.schema.json', `${text}\n`, 'npm run schema')
