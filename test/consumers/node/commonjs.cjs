// CommonJS: the same as esm.mjs, and that the two copies in one process know each other's errors.
const { createOAuthClient, defineProvider, isOAuthError, memoryStore } = require('latchkey')
const { toNodeListener } = require('latchkey/node')
const { findProvider } = require('latchkey/providers')
const { slack } = require('latchkey/providers/slack')
const { postgresStore } = require('latchkey/stores/postgres')
const { redisStore } = require('latchkey/stores/redis')
const { createHistoricalSync } = require('latchkey/sync')
const schema = require('latchkey/provider.schema.json')
const { useLatchkey } = require('./use-latchkey.cjs')

async function main() {
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
  const { OAuthError } = await import('latchkey')
  if (!isOAuthError(new OAuthError({ code: 'network' }))) throw new Error('isOAuthError across copies')
  for (const id of process.argv.slice(2)) require(`latchkey/providers/${id}`)
  if (schema.oneOf.length !== 4) throw new Error('latchkey/provider.schema.json')
}

main().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
