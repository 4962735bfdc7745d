// Writes docs/providers.md from the definitions. `--check` changes nothing and exits 1 when it is stale.
import { providers } from '../providers/index.ts'
import { generatedFile } from './generated-file.ts'
import { providerDocs } from './provider-docs.ts'

generatedFile('docs/providers.md', providerDocs(providers), 'npm run docs:providers')
