/**
 * Connections, claims and leases in Redis or Valkey, for any number of processes.
 *
 * @module latchkey/stores/redis
 */
export { type RedisStoreOptions, redisStore } from './redis-store.ts'
