import { createHash, randomBytes } from 'node:crypto'
import type { SyncStore } from '../../types.ts'
import { selectReadable } from '../select-readable.ts'
import { decodeSyncDocument, encodeSyncDocument, matchesSync, unreadableSync } from '../sync-document.ts'
import { asText, asYesOrNo, type RedisCommands, redisScript } from './redis-commands.ts'
import { type Shard, shardOf } from './redis-layout.ts'
import { readText, refuseOtherVersion, removeOnce } from './redis-scripts.ts'
import { readSyncs } from './redis-sync-list.ts'

/** A stored document is its version, the mark of its write, `-` or the mark of its tenant, and its JSON. */
const header = `
local stored = redis.call('get', KEYS[1])
local version, write, tenant
if stored then version, write, tenant = string.match(stored, '^(%d+) (%S+) (%S+) ') end`

const leaveTenant = `
if tenant and tenant ~= '-' then redis.call('zrem', KEYS[4], tenant .. '|' .. ARGV[1]) end`

/**
 * KEYS: document, ids, due, tenants. ARGV: id, expected version or '', write, is it listed, dueAt or '-', tenant's mark or
 * '-', text.
 */
const save = redisScript(`${header}${refuseOtherVersion}
redis.call('set', KEYS[1], ARGV[7])
${leaveTenant}
if ARGV[4] == '1' then redis.call('zadd', KEYS[2], 0, ARGV[1]) else redis.call('zrem', KEYS[2], ARGV[1]) end
if ARGV[5] ~= '-' then redis.call('zadd', KEYS[3], ARGV[5], ARGV[1]) else redis.call('zrem', KEYS[3], ARGV[1]) end
if ARGV[6] ~= '-' then redis.call('zadd', KEYS[4], 0, ARGV[6] .. '|' .. ARGV[1]) end
return 1`)

/** KEYS: document, ids, due, tenants, removal. ARGV: id, expected version or ''. */
const remove = redisScript(`${header}${removeOnce}
${leaveTenant}
redis.call('zrem', KEYS[2], ARGV[1])
redis.call('zrem', KEYS[3], ARGV[1])
return 1`)

/** The documents of `latchkey/sync` in Redis, in the same shards as the connections. */
export function redisSyncs(commands: RedisCommands, shards: readonly Shard[]): SyncStore {
  return {
    async load(id) {
      const text = asText(await commands.run(readText, [shardOf(shards, id).syncs.document(id)], []))
      return text === undefined ? undefined : decodeSyncDocument(jsonOf(text), id)
    },
    async save(document, { expectedVersion }) {
      const { id, version, status, dueAt, tenantId } = document
      const { syncs } = shardOf(shards, id)
      const isListed = status !== undefined
      const write = randomBytes(12).toString('base64url')
      const due = isListed && dueAt !== undefined ? String(dueAt) : '-'
      const tenant = isListed && tenantId !== undefined ? tenantMark(tenantId) : '-'
      const text = `${version} ${write} ${tenant} ${encodeSyncDocument(document)}`
      const expected = expectedVersion === null ? '' : String(expectedVersion)
      const reply = await commands.run(
        save,
        [syncs.document(id), syncs.ids, syncs.due, syncs.tenants],
        [id, expected, write, isListed ? '1' : '0', due, tenant, text],
      )
      return asYesOrNo(reply)
    },
    async remove(id, options) {
      const { syncs, removal } = shardOf(shards, id)
      const expected = options?.expectedVersion
      const reply = await commands.run(
        remove,
        [
          syncs.document(id),
          syncs.ids,
          syncs.due,
          syncs.tenants,
          removal(randomBytes(12).toString('base64url')),
        ],
        [id, expected === undefined ? '' : String(expected)],
      )
      return asYesOrNo(reply)
    },
    list: (filter) =>
      selectReadable(
        readSyncs(commands, shards, {
          dueBefore: filter.dueBefore,
          tenant: filter.tenantId === undefined ? undefined : tenantMark(filter.tenantId),
        }),
        (text) => decodeSyncDocument(jsonOf(text)),
        (document) => matchesSync(document, filter),
      ),
  }
}

/** The JSON of a stored document. Throws `record_unreadable`. */
function jsonOf(text: string): string {
  const found = /^\d+ \S+ \S+ /.exec(text)?.[0]
  if (found === undefined) throw unreadableSync('is not what latchkey wrote')
  return text.slice(found.length)
}

/** Stands for a tenant in an index; UTF-16, since lone surrogates are all one in UTF-8. */
function tenantMark(tenantId: string): string {
  return createHash('sha256').update(Buffer.from(tenantId, 'utf16le')).digest('base64url').slice(0, 22)
}
