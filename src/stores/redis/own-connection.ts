import { OAuthError } from '../../errors/oauth-error.ts'
import { withDeadline } from '../deadline.ts'
import { storeFailed } from '../store-failure.ts'
import { refused, replyWord } from './redis-commands.ts'
import { type RedisConnection, type Send, sharedOpening } from './redis-connection.ts'

const connectTimeout = 4_000
/** ms that answers under way are waited for when the store is closed. */
const closeTimeout = 1_000

/** What we use of a node-redis client. */
interface OwnClient {
  readonly isOpen: boolean
  readonly isReady: boolean
  connect(): Promise<unknown>
  sendCommand(args: string[]): Promise<unknown>
  ref(): void
  unref(): void
  close(): unknown
  destroy(): void
  on(event: 'error', listener: () => void): unknown
}

/**
 * A connection of our own, opened at the first command. One that broke is not mended in the background: the next command
 * opens another, so that nothing runs, and no process is kept alive, while nobody asks.
 */
export function ownConnection(url: string): RedisConnection & { close(): Promise<void> } {
  let client: OwnClient | undefined
  let isClosed = false
  let underWay = 0

  const begin = sharedOpening(async () => {
    const create = await loadDriver()
    if (isClosed) return
    const opened = create(url)
    client = opened
    // Without a listener an error would end the process; the command that was under way is told.
    opened.on('error', () => undefined)
    try {
      await opened.connect()
      if (underWay === 0) opened.unref()
    } catch (error) {
      drop()
      // A server that is not there may come; a wrong password stays wrong.
      if (isLasting(replyWord(error))) throw refused(error)
    }
  })

  function drop(): void {
    if (client?.isOpen) client.destroy()
    client = undefined
  }

  /** The socket keeps the process alive as long as somebody waits for an answer. */
  function sendThrough(now: OwnClient): Send {
    return async (_key, args) => {
      underWay += 1
      now.ref()
      try {
        return await now.sendCommand([...args])
      } finally {
        underWay -= 1
        if (underWay === 0 && now.isOpen) now.unref()
      }
    }
  }

  return {
    current() {
      if (isClosed) throw storeFailed('the store has been closed')
      if (client?.isReady) return sendThrough(client)
      begin()
      return undefined
    },
    onSilence: drop,
    async close() {
      isClosed = true
      const last = client
      if (last?.isReady)
        await withDeadline(Promise.resolve(last.close()), closeTimeout, () => storeFailed('close')).catch(
          () => undefined,
        )
      drop()
    },
  }
}

function isLasting(word: string | undefined): boolean {
  return word !== undefined && word !== 'LOADING' && word !== 'MASTERDOWN'
}

async function loadDriver(): Promise<(url: string) => OwnClient> {
  const optionsFor = (url: string) => ({
    url,
    RESP: 2 as const,
    // Nothing may wait in a queue beyond its deadline.
    disableOfflineQueue: true,
    socket: { reconnectStrategy: false as const, connectTimeout },
  })
  try {
    const { createClient } = await import('redis')
    return (url) => createClient(optionsFor(url))
  } catch {
    // The same client without the modules.
  }
  try {
    const { createClient } = await import('@redis/client')
    return (url) => createClient(optionsFor(url))
  } catch {
    throw new OAuthError({
      code: 'config_invalid',
      detail: 'redisStore({ url }) needs the optional package "redis", which is not installed',
      hint: 'Run `npm install redis`, or pass a client of your own as `client`.',
    })
  }
}
