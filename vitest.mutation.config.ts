import { defineConfig } from 'vitest/config'

/** For `npm run mutation`: the tests that reach state, http and tokens within their own process. */
export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    include: [
      'test/{state,http,tokens,client,protocols}/**/*.test.ts',
      'test/recent.test.ts',
      'test/stores/{token-stores,memory-store}.test.ts',
    ],
    // They start processes, which would run the code as it is.
    exclude: ['**/*process*.test.ts'],
    testTimeout: 20_000,
  },
})
