// Writes docs/api from the doc comments of the public names. `--check` changes nothing and exits 1 when a page is stale.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Application, TSConfigReader, TypeDocReader } from 'typedoc'
import { generatedFile } from './generated-file.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const command = 'npm run docs:api'

const pagesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort()

process.chdir(root)
const made = mkdtempSync(join(tmpdir(), 'latchkey-api-'))
try {
  const app = await Application.bootstrapWithPlugins({}, [new TypeDocReader(), new TSConfigReader()])
  const project = await app.convert()
  if (!project) throw new Error('the public names could not be read')
  app.validate(project)
  await app.outputs.writeOutput({ name: 'markdown', path: made }, project)
  // What has no documentation, or leads nowhere, is told by then.
  if (app.logger.hasErrors() || app.logger.hasWarnings()) process.exitCode = 1
  else {
    const pages = pagesIn(made)
    for (const page of pages) {
      const text = readFileSync(join(made, page), 'utf8').replaceAll(/[ \t]+$/gm, '')
      generatedFile(join('docs/api', page), text, command)
    }
    const stale = pagesIn('docs/api').filter((page) => !pages.includes(page))
    for (const page of stale) {
      if (process.argv.includes('--check')) {
        console.error(`docs/api/${page} is of no entry point any more: run ${command}`)
        process.exitCode = 1
      } else rmSync(join('docs/api', page))
    }
  }
} finally {
  rmSync(made, { recursive: true, force: true })
}
