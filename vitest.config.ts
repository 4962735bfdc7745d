import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Examples import the package by its name, as applications do: here that is the sources, and never an old build.
  resolve: { tsconfigPaths: true },
  test: {
    include: ['test/**/*.test.ts'],
    reporters: [process.env.CI ? 'dot' : 'default', './test/support/closing-line.ts'],
    testTimeout: 20_000,
    // Tests of stores and processes wait more than they compute; by default a machine of two cores runs one file at a time.
    maxWorkers: 3,
    typecheck: { enabled: true, include: ['test/**/*.test-d.ts'], tsconfig: './tsconfig.json' },
  },
})
