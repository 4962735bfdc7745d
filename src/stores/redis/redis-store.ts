import { randomBytes } from 'node:crypto'
import { OAuthError } from '../../errors/oauth-error.ts'
import type { TokenStore } from '../../types.ts'
import { encodeConnectionKey } from '../connection-key.ts'
import { guardStore } from '../deadline.ts'
import { decodeRecord, selectRecords } from '../record-codec.ts'
import { ownConnection } from './own-connection.ts'
import { asText, asYesOrNo, redisCommands, redisScript } from './redis-commands.ts'
import { connectionOf, type RedisClient, type RedisConnection } from './redis-connection.ts'
import { redisCoordinator } from './redis-coordinator.ts'
import { jsonOf, prepareRecord, shardOf, shardsOf } from './redis-layout.ts'
import { readRanges } from './redis-list.ts'
import { readText, refuseOtherVersion, removeOnce } from './redis-scripts.ts'
import { redisSyncs } from './redis-syncs.ts'

/** Where Redis is: a client of your own, or a URL. */
export type RedisStoreOptions = {
  /** What every key begins with, default `latchkey`. Stores with the same prefix share their connections. */
  readonly prefix?: string | undefined
} & (
  | {
      /**
       * The application's own client, connected or connecting: of `redis` 4 to 6 (client, cluster, sentinel, pool), of
       * ioredis or iovalkey (`Redis`, `Cluster`). It stays the application's to close.
       */
      readonly client: RedisClient
      readonly url?: undefined
    }
  | {
      /** `redis://` or `rediss://`, for a client of our own. Needs the package `redis`; `close()` closes it. */
      readonly url: string
      readonly client?: undefined
    }
)

const header = `
local stored = redis.call('get', KEYS[1])
local version, write, expiry, refreshed
if stored then version, write, expiry, refreshed = string.match(stored, '^(%d+) (%S+) (%S+) (%S+) ') end
local member = '|' .. ARGV[1]`

const leaveIndexes = `
if expiry and expiry ~= '-' then redis.call('zrem', KEYS[3], expiry .. member) end
if refreshed then redis.call('zrem', KEYS[4], refreshed .. member) end`

/** KEYS: record, ids, expiry, refreshed. ARGV: id, expected version or '', write, expiry, refreshed, text. */
const save = redisScript(`${header}${refuseOtherVersion}
redis.call('set', KEYS[1], ARGV[6])
${leaveIndexes}
redis.call('zadd', KEYS[2], 0, ARGV[1])
if ARGV[4] ~= '-' then redis.call('zadd', KEYS[3], 0, ARGV[4] .. member) end
redis.call('zadd', KEYS[4], 0, ARGV[5] .. member)
return 1`)

/** KEYS: record, ids, expiry, refreshed, removal. ARGV: id, expected version or ''. */
const remove = redisScript(`${header}${removeOnce}
${leaveIndexes}
redis.call('zrem', KEYS[2], ARGV[1])
return 1`)

/**
 * Connections in Redis or Valkey, with atomic conditional writes, claims and leases across all processes that use it.
 * One key a record, in 16 hash tags, so that it works on a Cluster; sorted sets answer `list` without a scan. The server
 * should persist (`appendonly yes`) and not evict (`maxmemory-policy noeviction`): a refresh token that rotates exists
 * nowhere else. Throws `config_invalid` for unusable options; operations reject with `store_failed`, or with
 * `config_invalid` where `url` is given and the package `redis` is missing.
 */
export function redisStore(options: RedisStoreOptions): TokenStore {
  const prefix = options.prefix ?? 'latchkey'
  // Braces would end the hash tag early, and spread a record and its indexes over a Cluster.
  if (typeof prefix !== 'string' || !/^[^{}\p{Cc}\p{Cs}]{1,100}$/u.test(prefix))
    throw invalid('prefix must be 1 to 100 characters without braces and control characters')
  const own = options.url === undefined ? undefined : ownConnection(checkUrl(options.url))
  const commands = redisCommands(own ?? givenConnection(options.client))
  const shards = shardsOf(prefix)

  return guardStore(
    {
      async load(key) {
        const id = encodeConnectionKey(key)
        const text = asText(await commands.run(readText, [shardOf(shards, id).record(id)], []))
        return text === undefined ? undefined : decodeRecord(jsonOf(text), key)
      },
      async save(record, { expectedVersion }) {
        const { id, header, text } = prepareRecord(record, randomBytes(12).toString('base64url'))
        const shard = shardOf(shards, id)
        const expected = expectedVersion === null ? '' : String(expectedVersion)
        const reply = await commands.run(
          save,
          [shard.record(id), shard.ids, shard.expiry, shard.refreshed],
          [id, expected, header.write, header.expiry, header.refreshed, text],
        )
        return asYesOrNo(reply)
      },
      async remove(key, removeOptions) {
        const id = encodeConnectionKey(key)
        const shard = shardOf(shards, id)
        const removal = shard.removal(randomBytes(12).toString('base64url'))
        const expected = removeOptions?.expectedVersion
        const reply = await commands.run(
          remove,
          [shard.record(id), shard.ids, shard.expiry, shard.refreshed, removal],
          [id, expected === undefined ? '' : String(expected)],
        )
        return asYesOrNo(reply)
      },
      list: (filter) =>
        selectRecords(readRanges(commands, shards, filter), filter, (text) => decodeRecord(jsonOf(text))),
      coordinator: redisCoordinator(commands, prefix),
      syncs: redisSyncs(commands, shards),
      ...(own && { close: () => own.close() }),
    },
    { judges: true },
  )
}

function givenConnection(client: RedisClient | undefined): RedisConnection {
  const connection = connectionOf(client)
  if (connection) return connection
  throw invalid('client is no client of redis, ioredis or iovalkey; pass one, or a url')
}

function checkUrl(url: unknown): string {
  if (typeof url === 'string' && URL.canParse(url) && /^rediss?:$/.test(new URL(url).protocol)) return url
  // The URL itself may hold a password.
  throw invalid('url must begin with redis:// or rediss://')
}

function invalid(detail: string): OAuthError {
  return new OAuthError({
    code: 'config_invalid',
    detail: `redisStore: ${detail}`,
    hint: 'redisStore takes { client } or { url }, and { prefix }.',
  })
}
