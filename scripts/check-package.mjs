// Packs the tarball, installs it into an empty folder and uses it as three kinds of consumer would.
// Also holds what is promised about importing it: no undici, zod or lmdb before first use, and no open handle.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkReadmeServer } from './readme-server.mjs'

const root = new URL('..', import.meta.url).pathname
const folder = mkdtempSync(join(tmpdir(), 'latchkey-package-'))
const run = (command, args, cwd = folder) =>
  execFileSync(command, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' })
const write = (name, text) => writeFileSync(join(folder, name), text)

try {
  const [packed] = JSON.parse(run('npm', ['pack', '--json', '--pack-destination', folder], root))
  const files = packed.files.map((file) => file.path)
  const unexpected = files.filter(
    (path) =>
      !/^(?:dist\/.+\.(?:c?js|d\.c?ts|map)|migrations\/postgres\/\d{4}_\w+\.sql|package\.json|provider\.schema\.json|README\.md|LICENSE|CHANGELOG\.md|SECURITY\.md)$/.test(
        path,
      ),
  )
  if (unexpected.length > 0) throw new Error(`the tarball holds unexpected files: ${unexpected.join(', ')}`)
  if (!files.includes('provider.schema.json')) throw new Error('the tarball lacks provider.schema.json')
  if (!files.some((path) => path.startsWith('migrations/')))
    throw new Error('the tarball lacks the migrations')
  console.log(`packed ${packed.filename}: ${files.length} files, ${packed.size} bytes`)

  write('package.json', JSON.stringify({ name: 'consumer', private: true, type: 'module' }))
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  run('npm', ['install', '--no-fund', '--no-audit', join(folder, packed.filename)])
  run('npm', [
    'install',
    '--no-fund',
    '--no-audit',
    '-D',
    `typescript@${devDependencies.typescript}`,
    `@types/node@${devDependencies['@types/node']}`,
  ])

  const ids = readdirSync(join(root, 'providers'))
    .filter((file) => file.endsWith('.ts') && file !== 'index.ts')
    .map((file) => file.slice(0, -3))
  const use = `
const client = createOAuthClient(slack, {
  clientId: 'id', clientSecret: 'secret', redirectUri: 'https://app.example.com/oauth/slack/callback',
  secret: 'x'.repeat(32), store: memoryStore(),
})
const { url } = await client.authorize({ tenantId: 't1' })
if (!url.startsWith('https://slack.com/oauth/v2/authorize?')) throw new Error(url)
const own = defineProvider(JSON.parse(JSON.stringify(slack)))
if (own.id !== 'slack' || findProvider('slack')?.id !== 'slack') throw new Error('definitions')
if (typeof toNodeListener !== 'function') throw new Error('latchkey/node')
`
  // Neither driver is installed here: what a user is told who forgot it.
  const stores = `
for (const store of [redisStore({ url: 'redis://127.0.0.1:1' }), postgresStore({ connectionString: 'postgres://127.0.0.1:1/x' })]) {
  const told = await store.load({ provider: 'slack', tenantId: 't1', connectionId: 'default' }).catch((error) => error)
  if (told.code !== 'config_invalid' || !/npm install (redis|pg)/.test(told.hint)) throw new Error('a missing driver: ' + told)
}
`
  const syncs = `
const sync = createHistoricalSync({ store: memoryStore(), run: () => undefined })
const started = await sync.start({ provider: 'slack', tenantId: 't1', from: new Date(0), to: new Date(1) })
if (started.status !== 'pending') throw new Error('latchkey/sync')
`
  write(
    'esm.mjs',
    `
import { createOAuthClient, defineProvider, memoryStore } from 'latchkey'
import { slack } from 'latchkey/providers/slack'
import { findProvider } from 'latchkey/providers'
import { toNodeListener } from 'latchkey/node'
import { redisStore } from 'latchkey/stores/redis'
import { postgresStore } from 'latchkey/stores/postgres'
import { createHistoricalSync } from 'latchkey/sync'
${use}${stores}${syncs}
for (const id of ${JSON.stringify(ids)}) await import('latchkey/providers/' + id)
console.log('ESM works')`,
  )
  write(
    'commonjs.cjs',
    `
const { createOAuthClient, defineProvider, memoryStore } = require('latchkey')
const { slack } = require('latchkey/providers/slack')
const { findProvider } = require('latchkey/providers')
const { toNodeListener } = require('latchkey/node')
const { redisStore } = require('latchkey/stores/redis')
const { postgresStore } = require('latchkey/stores/postgres')
const { createHistoricalSync } = require('latchkey/sync')
async function main() {${use}${stores}${syncs}
  const { isOAuthError } = require('latchkey')
  const { OAuthError } = await import('latchkey')
  if (!isOAuthError(new OAuthError({ code: 'network' }))) throw new Error('isOAuthError across copies')
  for (const id of ${JSON.stringify(ids)}) require('latchkey/providers/' + id)
  const schema = require('latchkey/provider.schema.json')
  if (schema.oneOf.length !== 4) throw new Error('latchkey/provider.schema.json')
  console.log('CommonJS works')
}
main().catch((error) => { console.error(error); process.exit(1) })`,
  )
  write(
    'lazy.mjs',
    `
await import('latchkey'); await import('latchkey/providers/slack'); await import('latchkey/node'); await import('latchkey/testing')
await import('latchkey/stores/redis'); await import('latchkey/stores/postgres'); await import('latchkey/sync'); await import('latchkey/sync/pg-boss')
const active = process.getActiveResourcesInfo().filter((kind) => !/^(?:TTYWrap|PipeWrap|FSReqPromise|CloseReq)$/.test(kind))
if (active.length > 0) throw new Error('handles open after import: ' + active.join(', '))
console.log('nothing is open after import')`,
  )
  // A loader that refuses the heavy packages: importing latchkey must not ask for them.
  write(
    'refuse.mjs',
    `
export async function resolve(specifier, context, next) {
  if (/^(?:undici|zod|lmdb|keyv|msw|redis|@redis\\/client|pg|pg-boss|bullmq)(?:\\/|$)/.test(specifier)) throw new Error('loaded at import: ' + specifier)
  return next(specifier, context)
}`,
  )
  write('register.mjs', `import { register } from 'node:module'\nregister('./refuse.mjs', import.meta.url)`)
  write(
    'types.mts',
    `
import { createOAuthClient, createOAuthHandler, memoryStore, type Connection } from 'latchkey'
import { shopify } from 'latchkey/providers/shopify'
import { gitlab } from 'latchkey/providers/gitlab'
import { providers } from 'latchkey/providers'
import { toNodeListener } from 'latchkey/node'
import { redisStore } from 'latchkey/stores/redis'
import { postgresStore } from 'latchkey/stores/postgres'
import { createHistoricalSync, historyOf, type HistoricalSyncRun } from 'latchkey/sync'
import { pgBossQueue } from 'latchkey/sync/pg-boss'
export const shared = [redisStore({ url: 'redis://localhost' }), postgresStore({ connectionString: 'postgres://localhost/x' })]
const store = memoryStore()
const shop = createOAuthClient(shopify, { store })
await shop.authorize({ tenantId: 't', params: { shop: 'acme' } })
// @ts-expect-error shopify needs its shop
await shop.authorize({ tenantId: 't' })
await createOAuthClient(gitlab, { store }).authorize({ tenantId: 't' })
const sync = createHistoricalSync({ store, run: { shopify: historyOf(shopify).each((items) => items.length) } })
createOAuthClient(shopify, { store, sync })
export const run: Promise<HistoricalSyncRun | undefined> = sync.get({ provider: 'shopify', tenantId: 't' })
export const queue = pgBossQueue
const connection: Connection | undefined = await shop.getConnection({ tenantId: 't' })
const handler = createOAuthHandler({ clients: [shop], sync, session: () => ({ tenantId: 't', userId: 'u' }) })
export const listener = toNodeListener(handler)
export const count: number = providers.length
export const version = connection?.version`,
  )
  write(
    'types.cts',
    `
import latchkey = require('latchkey')
import slackModule = require('latchkey/providers/slack')
export const client = latchkey.createOAuthClient(slackModule.slack, { store: latchkey.memoryStore() })`,
  )
  write(
    'tsconfig.json',
    JSON.stringify({
      compilerOptions: {
        module: 'nodenext',
        moduleResolution: 'nodenext',
        target: 'es2022',
        strict: true,
        noEmit: true,
        types: ['node'],
        skipLibCheck: false,
        exactOptionalPropertyTypes: true,
      },
      files: ['types.mts', 'types.cts'],
    }),
  )
  process.stdout.write(run('node', ['esm.mjs']))
  process.stdout.write(run('node', ['commonjs.cjs']))
  process.stdout.write(run('node', ['lazy.mjs']))
  run('node', [
    '--no-warnings',
    '--import',
    './register.mjs',
    '-e',
    "await import('latchkey'); await import('latchkey/providers'); await import('latchkey/node'); await import('latchkey/testing'); await import('latchkey/stores/redis'); await import('latchkey/stores/postgres'); await import('latchkey/sync'); await import('latchkey/sync/pg-boss')",
    '--input-type=module',
  ])
  console.log('importing loads neither undici nor zod nor lmdb nor keyv nor msw nor a driver')
  run('node', [join('node_modules', 'typescript', 'bin', 'tsc'), '-p', '.'])
  console.log('tsc with nodenext accepts ESM and CommonJS consumers')
  await checkReadmeServer(join(folder, packed.filename))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
