/**
 * The engine of the historical sync, and what reads a provider's first resource.
 *
 * @module latchkey/sync
 */
export { createHistoricalSync } from './engine.ts'
export { historyOf } from './history/history-of.ts'
export type * from './history/types.ts'
export type { SyncQueue } from './queue.ts'
export type * from './types.ts'
