import { readdirSync } from 'node:fs'
import { defineConfig } from 'tsup'

// Every file of providers/ is its own entry, so that importing one integration loads no other.
const providers = readdirSync('providers')
  .filter((file) => file.endsWith('.ts'))
  .map((file) => `providers/${file}`)

export default defineConfig({
  entry: [
    'src/index.ts',
    'src/node.ts',
    'src/stores/redis/index.ts',
    'src/stores/postgres/index.ts',
    'src/sync/index.ts',
    'src/sync/bullmq.ts',
    'src/sync/pg-boss.ts',
    'src/testing/index.ts',
    ...providers,
  ],
  outDir: 'dist',
  format: ['esm', 'cjs'],
  target: 'node20',
  platform: 'node',
  dts: true,
  sourcemap: true,
  clean: true,
  splitting: true,
  shims: true,
  treeshake: false,
  external: ['undici', 'zod', 'keyv', 'lmdb', 'msw', 'redis', '@redis/client', 'pg', 'bullmq'],
})
