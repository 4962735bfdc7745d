import { nodeCrypto } from '../../node-crypto.ts'
import type { Coordinator } from '../../types.ts'
import { coordinationId, pollingLease } from '../polling-lease.ts'
import { asYesOrNo, type RedisCommands, redisScript } from './redis-commands.ts'

/** Takes what nobody holds, or its owner already: a command that was sent twice must not lose to itself. */
const take = redisScript(`
local holder = redis.call('get', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('set', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`)

const release = redisScript(`
if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('del', KEYS[1]) end
return 1`)

/** Claims and leases on a Redis, under keys that begin with `prefix`. The server's clock judges them. */
export function redisCoordinator(commands: RedisCommands, prefix: string): Coordinator {
  async function takeFor(key: string, owner: string, ttlMs: number): Promise<boolean> {
    return asYesOrNo(await commands.run(take, [key], [owner, String(Math.max(1, Math.ceil(ttlMs)))]))
  }
  const leaseKey = (id: string) => `${prefix}:lease:${id}`
  return {
    claim: (key, ttlMs) =>
      takeFor(`${prefix}:claim:${coordinationId(key)}`, nodeCrypto().randomUUID(), ttlMs),
    withLease: pollingLease({
      take: (id, owner, ttlMs) => takeFor(leaseKey(id), owner, ttlMs),
      async release(id, owner) {
        await commands.run(release, [leaseKey(id)], [owner])
      },
    }),
  }
}
