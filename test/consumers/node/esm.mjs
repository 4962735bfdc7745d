// ESM: every entry point, and each provider by the ids in the arguments.
import { createOAuthClient, defineProvider, memoryStore } from 'latchkey'
import { toNodeListener } from 'latchkey/node'
import { findProvider } from 'latchkey/providers'
import { slack } from 'latchkey/providers/slack'
import { postgresStore } from 'latchkey/stores/postgres'
import { redisStore } from 'latchkey/stores/redis'
import { createHistoricalSync } from 'latchkey/sync'
import { useLatchkey } from './use-latchkey.cjs'

await useLatchkey({
  createHistoricalSync,
  createOAuthClient,
  defineProvider,
  findProvider,
  memoryStore,
  postgresStore,
  redisStore,
  slack,
  toNodeListener,
})
for (const id of process.argv.slice(2)) await import(`latchkey/providers/${id}`)
await import('latchkey/providers/index').then(
  () => {
    throw new Error('latchkey/providers/index is no entry point')
  },
  (error) => {
    if (error.code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') throw error
  },
)
