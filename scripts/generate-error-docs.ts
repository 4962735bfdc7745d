// Writes docs/errors.md from the list of codes. `--check` changes nothing and exits 1 when it is stale.
import { errorDocs } from './error-docs.ts'
import { generatedFile } from './generated-file.ts'

generatedFile('docs/errors.md', errorDocs(), 'npm run docs:errors')
