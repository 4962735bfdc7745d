export { testCoordinator } from './coordinator.ts'
export type { ConformanceOptions, TestRunner } from './runner.ts'
export { testTokenStore } from './token-store.ts'
export type { CoordinatorUnderTest, MakeCoordinator, MakeStore, StoreUnderTest } from './under-test.ts'
