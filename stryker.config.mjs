// Mutation testing of what decides about tokens: `npm run mutation`. Not a part of CI: it takes half an hour.
export default {
  mutate: ['src/state/**/*.ts', 'src/http/**/*.ts', 'src/tokens/**/*.ts'],
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutation.config.ts', related: false },
  plugins: ['@stryker-mutator/vitest-runner'],
  coverageAnalysis: 'perTest',
  // What runs once when a module is loaded cannot be switched within one process.
  ignoreStatic: true,
  concurrency: 2,
  timeoutMS: 4_000,
  // Words for people: most tests compare codes.
  mutator: { excludedMutations: ['StringLiteral'] },
  reporters: ['clear-text', 'json', 'progress-append-only'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false, reportScoreTable: true },
  jsonReporter: { fileName: 'mutation.json' },
  tempDirName: '.stryker-tmp',
}
