import { fileURLToPath } from 'node:url'
import type { NextConfig } from 'next'

const config: NextConfig = {
  // Loaded from node_modules as they are, and not bundled: the embedded store is native code.
  serverExternalPackages: ['latchkey', 'lmdb'],
  // Both only because this example lies inside the repository of latchkey, and takes its sources: they are type-checked
  // there (`npx tsc --noEmit -p examples/nextjs`).
  turbopack: { root: fileURLToPath(new URL('../..', import.meta.url)) },
  typescript: { ignoreBuildErrors: true },
}

export default config
