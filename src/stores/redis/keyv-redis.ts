import type { AtomicAdapter } from '../atomic-adapter.ts'
import { storeFailed } from '../store-failure.ts'
import { asYesOrNo, redisCommands, redisScript } from './redis-commands.ts'
import { connectionOf, type RedisConnection, sharedOpening } from './redis-connection.ts'
import { redisCoordinator } from './redis-coordinator.ts'

/** "::" keeps these keys out of what @keyv/redis iterates without a namespace; no Keyv has such a namespace. */
const coordinationPrefix = 'latchkey-coordination:'

/**
 * KEYS: the value, and where the adapter keeps one its set of keys. ARGV: is there a current value, which, is there a
 * next, which. A next that is there already is our own, sent twice: every write has a mark of its own.
 */
const swap = redisScript(`
local stored = redis.call('get', KEYS[1])
local current = ARGV[1] == '1' and ARGV[2]
local following = ARGV[3] == '1' and ARGV[4]
if following and stored == following then return 1 end
if stored ~= current then return 0 end
if following then
  redis.call('set', KEYS[1], following)
  if KEYS[2] then redis.call('sadd', KEYS[2], KEYS[1]) end
else
  redis.call('del', KEYS[1])
  if KEYS[2] then redis.call('srem', KEYS[2], KEYS[1]) end
end
return 1`)

/** How an adapter reaches its server, and under which keys it stores a value: the value's own, and its set of keys. */
interface Recognised {
  readonly connection: RedisConnection
  keysOf(key: string): readonly [string, ...string[]]
}

/** What @keyv/redis (4, 5) and @keyv/valkey (1) can do atomically; `undefined` for other adapters. */
export function atomicRedis(adapter: object): AtomicAdapter | undefined {
  const recognised = keyvRedis(adapter) ?? keyvValkey(adapter)
  if (!recognised) return undefined
  const commands = redisCommands(recognised.connection)
  return {
    coordinator: redisCoordinator(commands, coordinationPrefix),
    async swap(key, current, next) {
      const args = [current, next].flatMap((text) => (text === undefined ? ['0', ''] : ['1', text]))
      return asYesOrNo(await commands.run(swap, recognised.keysOf(key), args))
    },
  }
}

/**
 * Why the iterator of an adapter would answer with less than there is, instead of failing: @keyv/valkey looks for keys
 * that begin with the namespace, on one node.
 */
export function whyIncomplete(adapter: object, namespace: string | undefined): string | undefined {
  if (!keyvValkey(adapter)) return undefined
  if (namespace === undefined) return '@keyv/valkey lists nothing without a namespace'
  if (optionOf(adapter, 'useRedisSets') === false) return '@keyv/valkey lists nothing without useRedisSets'
  const client: unknown = Reflect.get(adapter, 'redis')
  const isCluster = typeof client === 'object' && client !== null && Reflect.get(client, 'isCluster') === true
  return isCluster ? '@keyv/valkey lists one node of a cluster' : undefined
}

function keyvRedis(adapter: object): Recognised | undefined {
  const getClient = method(adapter, 'getClient')
  const createKeyPrefix = method(adapter, 'createKeyPrefix')
  if (!getClient || !createKeyPrefix || !connectionOf(Reflect.get(adapter, 'client'))) return undefined
  // The adapter connects when it is first used, in its own way.
  const connect = sharedOpening(async () => {
    try {
      await getClient()
    } catch (error) {
      throw storeFailed('the Keyv adapter could not connect', error)
    }
  })
  return {
    connection: {
      current() {
        const client: unknown = Reflect.get(adapter, 'client')
        if (typeof client === 'object' && client !== null && Reflect.get(client, 'isOpen') === true)
          return connectionOf(client)?.current()
        connect()
        return undefined
      },
    },
    keysOf: (key) => [stringOf(createKeyPrefix(key, Reflect.get(adapter, 'namespace')))],
  }
}

function keyvValkey(adapter: object): Recognised | undefined {
  const getKeyName = method(adapter, '_getKeyName')
  const getNamespace = method(adapter, '_getNamespace')
  const connection = connectionOf(Reflect.get(adapter, 'redis'))
  if (!getKeyName || !getNamespace || !connection) return undefined
  return {
    connection,
    keysOf(key) {
      const name = stringOf(getKeyName(key))
      // What the adapter's `clear` looks into.
      return optionOf(adapter, 'useRedisSets') === true ? [name, stringOf(getNamespace())] : [name]
    },
  }
}

function optionOf(adapter: object, name: string): unknown {
  const options: unknown = Reflect.get(adapter, 'opts')
  return typeof options === 'object' && options !== null ? Reflect.get(options, name) : undefined
}

function method(adapter: object, name: string): ((...args: unknown[]) => unknown) | undefined {
  const found: unknown = Reflect.get(adapter, name)
  return typeof found === 'function' ? (...args) => Reflect.apply(found, adapter, args) : undefined
}

function stringOf(value: unknown): string {
  if (typeof value === 'string') return value
  throw storeFailed('the Keyv adapter names its keys in an unknown way')
}
