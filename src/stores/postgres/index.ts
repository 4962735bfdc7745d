/**
 * Connections, claims and leases in Postgres, for any number of processes.
 *
 * @module latchkey/stores/postgres
 */
export type { PostgresPool } from './postgres-database.ts'
export { type PostgresStore, type PostgresStoreOptions, postgresStore } from './postgres-store.ts'
