/**
 * A simulator of any provider, and conformance suites for stores of your own.
 *
 * @module latchkey/testing
 */
export * from './conformance/index.ts'
export type { Fault } from './faults.ts'
export type { Account, Choice } from './grants.ts'
export { mockProvider } from './mock-provider.ts'
export type {
  ApproveOptions,
  ListeningProvider,
  MockOptionsOf,
  MockProvider,
  MockProviderOptions,
  RecordedRequest,
} from './options.ts'
export type { Endpoint } from './routes.ts'
