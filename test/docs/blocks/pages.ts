import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../../', import.meta.url))

/** The text of a file of the repository. */
export const read = (file: string) => readFileSync(join(root, file), 'utf8')

const markdownIn = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort()

/** Every page of docs/, the API reference too. */
export const docsPages = markdownIn('docs')

/** docs/api/ is made from the types, which the compiler has read already. */
export const isGeneratedFromTypes = (page: string) => page.startsWith('docs/api/')

/** Every page that a person wrote or reads first. */
export const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...docsPages,
  ...readdirSync(join(root, 'examples'))
    .map((name) => `examples/${name}/README.md`)
    .filter((file) => existsSync(join(root, file))),
]
