// Writes the CommonJS twin of every module that tsup has written, file by file: `chunk.js` becomes `chunk.cjs`, with a map
// to the same sources. tsup's own CommonJS with split chunks rewrites `??` and `?.` into functions, and its maps name the
// chunk instead of the source.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { programs, root } from './package/entry-points.mjs'

const dist = join(root, 'dist')
const modules = readdirSync(dist, { recursive: true, encoding: 'utf8' })
  .map((path) => join('dist', path))
  .filter((path) => path.endsWith('.js') && !programs.some((program) => path === `${program}.js`))

const { outputFiles } = await build({
  write: false,
  absWorkingDir: root,
  entryPoints: modules,
  outdir: dist,
  outbase: dist,
  outExtension: { '.js': '.cjs' },
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  sourcesContent: false,
  legalComments: 'none',
  // What `createRequire` is given; it takes a path as well as an address.
  define: { 'import.meta.url': '__filename' },
  // `import()` becomes `require`: a vm without `--experimental-vm-modules`, as Jest's, refuses a real one.
  supported: { 'dynamic-import': false },
  plugins: [
    {
      name: 'each module by itself',
      setup({ onResolve }) {
        onResolve({ filter: /.*/ }, ({ path, kind }) =>
          kind === 'entry-point'
            ? undefined
            : { path: path.startsWith('.') ? path.replace(/\.js$/, '.cjs') : path, external: true },
        )
      },
    },
  ],
})
/** A module that only re-exports maps nothing; esbuild would name the chunk as the source. */
const mapsNothing = (path) =>
  JSON.parse(readFileSync(path.replace(/\.cjs\.map$/, '.js.map'), 'utf8')).sources.length === 0

for (const { path, text } of outputFiles)
  writeFileSync(
    path,
    path.endsWith('.map') && mapsNothing(path)
      ? JSON.stringify({ version: 3, sources: [], mappings: '', names: [] })
      : text,
  )
console.log(`${modules.length} CommonJS modules`)
