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
