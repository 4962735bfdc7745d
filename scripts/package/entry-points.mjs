// What the package's `exports` and `bin` promise, with every provider by its own name.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../', import.meta.url))
export const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

/** The file names of providers/, without `.ts` and without the index. */
export const providerIds = readdirSync(new URL('../../providers/', import.meta.url))
  .filter((file) => file.endsWith('.ts') && file !== 'index.ts')
  .map((file) => file.slice(0, -'.ts'.length))

/**
 * The entry points that are code: `specifier` as an application writes it, and the `base` of its files in the package,
 * without the ending (`dist/src/node`). The source has the same path without `dist/`.
 */
export const entryPoints = Object.entries(manifest.exports).flatMap(([subpath, conditions]) => {
  if (conditions === null || typeof conditions === 'string') return []
  const of = (id) => ({
    specifier: subpath.replace(/^\./, 'latchkey').replace('*', id),
    base: conditions.import.default.replace(/^\.\//, '').replace(/\.js$/, '').replace('*', id),
  })
  return subpath.includes('*') ? providerIds.map(of) : [of('')]
})

/** The programs of `bin`, by their base. They are ESM alone, and nobody imports them. */
export const programs = Object.values(manifest.bin ?? {}).map((path) =>
  path.replace(/^\.\//, '').replace(/\.js$/, ''),
)
