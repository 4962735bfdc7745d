import { defineConfig } from 'vitest/config'

/** For `npm run mutation`: the tests that reach state, http and tokens within their own process. */
export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    include: ['test/{state,http,tokens,client,protocols}/**/*.test.ts', 'test/recent.test.ts'],
    // The first start processes, which would run the code as it is; the others wait for seconds, for each of thousands.
    exclude: [
      '**/*process*.test.ts',
      '**/restart.test.ts',
      '**/patience.test.ts',
      '**/secrets/echoes.test.ts',
    ],
    testNamePattern: /^(?!.*close\(\) keeps trying)/,
    testTimeout: 5_000,
  },
})
