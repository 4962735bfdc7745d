import { readdirSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { defineConfig, type Options } from 'tsup'

const entries = [
  'src/node.ts',
  'src/stores/redis/index.ts',
  'src/stores/postgres/index.ts',
  'src/sync/index.ts',
  'src/sync/bullmq.ts',
  'src/sync/pg-boss.ts',
  'src/testing/index.ts',
]
/** What the core loads with the first call that needs it. */
const loadedLater = ['src/client.ts', 'src/handler/serve.ts']

// Every file of providers/ is its own entry, so that importing one integration loads no other.
const providers = readdirSync('providers')
  .filter((file) => file.endsWith('.ts') && file !== 'index.ts')
  .map((file) => `providers/${file}`)

/**
 * esbuild puts what the same entries reach into one file, and each file takes half a millisecond to import. Here every entry
 * reaches the whole core, and so does what the core loads later: then the core is one file (DESIGN §10).
 */
const oneCore: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'one-core',
  setup(build) {
    build.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => {
      const file = relative('.', path).split('\\').join('/')
      if (![...entries, ...loadedLater].includes(file)) return undefined
      const up = '../'.repeat(file.split('/').length - 2) || './'
      return { contents: `${readFileSync(path, 'utf8')}\nimport '${up}index.ts'\n`, loader: 'ts' }
    })
  },
}

const shared: Options = {
  // scripts/build-commonjs.mjs makes the CommonJS of it.
  format: ['esm'],
  target: 'node20',
  platform: 'node',
  // Runtimes beside Node know `node:fs`, not always `fs`.
  removeNodeProtocol: false,
  // scripts/build-declarations.mjs writes them: tsup's cannot be mapped to the sources.
  dts: false,
  sourcemap: true,
  // The sources are in the package: the maps name them, and need not repeat them.
  esbuildOptions(options) {
    options.sourcesContent = false
  },
  // Two builds write to dist, so neither may clean what the other has written: `prebuild` in package.json does.
  clean: false,
  treeshake: false,
  external: ['zod', 'keyv', 'lmdb', 'msw', 'redis', '@redis/client', 'pg', 'bullmq'],
}

export default defineConfig([
  {
    ...shared,
    entry: ['src/index.ts', ...entries, ...providers],
    outDir: 'dist',
    splitting: true,
    esbuildPlugins: [oneCore],
  },
  // All definitions in one file of their own: importing forty-five takes six times as long.
  { ...shared, entry: ['providers/index.ts'], outDir: 'dist/providers', splitting: false },
  // By itself and in one file: what its commands load one by one would cut the core into pieces.
  { ...shared, entry: ['src/cli/main.ts'], outDir: 'dist/src/cli', splitting: false },
])
