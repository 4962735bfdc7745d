import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import manifest from '../../package.json' with { type: 'json' }
import { programs, providerIds } from '../../scripts/package/entry-points.mjs'
import tsup from '../../tsup.config.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const { compilerOptions }: { compilerOptions: { paths: Record<string, string[]> } } = JSON.parse(
  readFileSync(`${root}tsconfig.json`, 'utf8'),
)

/** Subpaths that are code, as package.json has them. */
const subpaths = Object.entries(manifest.exports).flatMap(([subpath, value]) =>
  value !== null && typeof value === 'object' ? [[subpath, value] as const] : [],
)
const sourceOf = (target: string) => target.replace(/^\.\/dist\//, '').replace(/\.js$/, '.ts')
const everyProvider = (source: string) =>
  source.includes('*') ? providerIds.map((id) => source.replace('*', id)) : [source]

describe('package.json, the build and the tree agree', () => {
  it.each(subpaths)(
    '%s: types come first, and each kind of module has its own',
    (_subpath, { import: esm, require: cjs }) => {
      const base = esm.default.replace(/\.js$/, '')
      expect(Object.entries(esm)).toEqual([
        ['types', `${base}.d.ts`],
        ['default', `${base}.js`],
      ])
      expect(Object.entries(cjs)).toEqual([
        ['types', `${base}.d.cts`],
        ['default', `${base}.cjs`],
      ])
    },
  )

  it('what is built is what is exported, and the programs', () => {
    const built = [tsup].flat().flatMap((options) => {
      if (typeof options === 'function' || !Array.isArray(options.entry))
        throw new Error('entries are a list')
      return options.entry
    })
    const exported = subpaths.flatMap(([, value]) => everyProvider(sourceOf(value.import.default)))
    expect(built.toSorted()).toEqual(
      [...exported, ...programs.map((base) => `${base.replace(/^dist\//, '')}.ts`)].toSorted(),
    )
  })

  it('our own code imports each by the same name', () => {
    const paths = subpaths.map(([subpath, value]) => [
      subpath.replace(/^\./, 'latchkey'),
      [`./${sourceOf(value.import.default)}`],
    ])
    expect(compilerOptions.paths).toEqual(Object.fromEntries(paths))
  })

  it('main, module and types are the root export', () => {
    expect([manifest.main, manifest.module, manifest.types]).toEqual([
      manifest.exports['.'].require.default,
      manifest.exports['.'].import.default,
      manifest.exports['.'].import.types,
    ])
  })
})
