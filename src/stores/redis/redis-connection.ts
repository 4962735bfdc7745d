import { storeFailed } from '../store-failure.ts'

/** Sends one command. `key` says which node of a cluster it is for. */
export type Send = (key: string, args: readonly string[]) => Promise<unknown>

/** A way to a server, whoever opened it. */
export interface RedisConnection {
  /** How to send; `undefined` while there is no connection. Throws where none will come by itself. */
  current(): Send | undefined
  /** Called where a command got no answer in its time. */
  onSilence?(): void
}

/** A client of `redis` or `@redis/client` 4 to 6: client, cluster, sentinel or pool. */
export interface NodeRedisClient {
  readonly isOpen: boolean
  sendCommand(...args: never[]): unknown
}

/** A `Redis` or `Cluster` of ioredis 5 and 6, or of iovalkey. */
export interface IoredisClient {
  readonly status: string
  call(...args: never[]): unknown
}

export type RedisClient = NodeRedisClient | IoredisClient

/** The connection of a client that somebody else made; `undefined` for what is no such client. */
export function connectionOf(client: unknown): RedisConnection | undefined {
  if (typeof client !== 'object' || client === null) return undefined
  // ioredis first: it has a `sendCommand` too, of another kind.
  const call: unknown = Reflect.get(client, 'call')
  if (isCallable(call) && typeof Reflect.get(client, 'status') === 'string')
    return ioredisConnection(client, call)
  const sendCommand: unknown = Reflect.get(client, 'sendCommand')
  if (isCallable(sendCommand) && typeof Reflect.get(client, 'isOpen') === 'boolean')
    return nodeRedisConnection(client, sendCommand)
  return undefined
}

/** ms for which a failure to open is told, to all who wait at that moment. */
const failureLife = 100

/**
 * Opens once for all who wait. The function throws what the last attempt rejected with, for a moment; afterwards it
 * tries anew.
 */
export function sharedOpening(open: () => Promise<unknown>): () => void {
  let isOpening = false
  let failure: { readonly error: unknown; readonly until: number } | undefined
  return () => {
    if (failure && performance.now() < failure.until) throw failure.error
    failure = undefined
    if (isOpening) return
    isOpening = true
    open()
      .catch((error: unknown) => {
        failure = { error, until: performance.now() + failureLife }
      })
      .finally(() => {
        isOpening = false
      })
  }
}

function ioredisConnection(client: object, call: Callable): RedisConnection {
  const send: Send = async (_key, args) => Reflect.apply(call, client, args)
  return {
    current() {
      const status: unknown = Reflect.get(client, 'status')
      if (status === 'end') throw storeFailed('the Redis client has been closed')
      // "wait": a lazy client connects at its first command.
      return status === 'ready' || status === 'wait' ? send : undefined
    },
  }
}

function nodeRedisConnection(client: object, sendCommand: Callable): RedisConnection {
  const isCluster = 'slots' in client
  const isSentinel = 'getSentinelNode' in client
  const send: Send = async (key, args) => {
    // Cluster and sentinel are told that it is no read: a replica may be behind, and an old token ends a grant.
    if (isCluster) return Reflect.apply(sendCommand, client, [key, false, args])
    return Reflect.apply(sendCommand, client, isSentinel ? [false, args] : [args])
  }
  return {
    current() {
      if (Reflect.get(client, 'isOpen') !== true)
        throw storeFailed('the Redis client is not connected: call its connect(), and keep it open')
      // What is sent to a client without a connection waits in its queue, and would be written after its deadline. The
      // others find their nodes themselves, and one node that is down must not stop what is for the rest.
      const isSingle = !isCluster && !isSentinel
      return isSingle && Reflect.get(client, 'isReady') === false ? undefined : send
    },
  }
}

type Callable = (...args: unknown[]) => unknown

function isCallable(value: unknown): value is Callable {
  return typeof value === 'function'
}
