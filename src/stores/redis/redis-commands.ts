import { isOAuthError, type OAuthError } from '../../errors/oauth-error.ts'
import { nodeCrypto } from '../../node-crypto.ts'
import { storeDeadline, withDeadline } from '../deadline.ts'
import { storeFailed } from '../store-failure.ts'
import type { RedisConnection } from './redis-connection.ts'

/** ms before the store's deadline at which a command fails by itself, in more telling words. */
const slack = 250
/** ms between two looks for a connection, and before a command is sent once more. */
const pause = 50
/** What a server answers that is starting, or whose cluster is being rearranged. */
const passing = new Set(['LOADING', 'TRYAGAIN', 'CLUSTERDOWN', 'MASTERDOWN', 'READONLY'])

/** Lua that Redis runs in one piece. Sent again, it must do nothing twice: its answer may have been lost. */
export interface RedisScript {
  readonly source: string
  readonly hash: string
}

/** Its hash is reckoned at first use: importing a store costs no cryptography. */
export function redisScript(source: string): RedisScript {
  let hash: string | undefined
  return {
    source,
    get hash() {
      hash ??= nodeCrypto().createHash('sha1').update(source).digest('hex')
      return hash
    },
  }
}

export interface RedisCommands {
  /** A command that changes nothing. `key` must be one of its arguments. */
  read(key: string, args: readonly string[]): Promise<unknown>
  /** All keys must share a hash tag. */
  run(script: RedisScript, keys: readonly [string, ...string[]], args: readonly string[]): Promise<unknown>
}

/**
 * Commands that survive a connection that breaks: they wait for the next one, and are sent again, until the store's
 * deadline comes near; then, and at a refusal by the server, they reject with `store_failed`.
 */
export function redisCommands(connection: RedisConnection): RedisCommands {
  let tick: Promise<void> | undefined
  /** One timer for all who wait, whatever their number. */
  function nextTick(): Promise<void> {
    tick ??= new Promise((resume) => {
      setTimeout(() => {
        tick = undefined
        resume()
      }, pause)
    })
    return tick
  }

  async function send(key: string, args: readonly string[], endsAt: number): Promise<unknown> {
    let last: unknown
    while (true) {
      const left = endsAt - performance.now()
      if (left <= 0) throw storeFailed('Redis could not be reached', last)
      const now = connection.current()
      try {
        if (now) return await withDeadline(now(key, args), left, silence)
      } catch (error) {
        if (isOAuthError(error)) {
          connection.onSilence?.()
          throw error
        }
        const word = replyWord(error)
        if (word !== undefined && !passing.has(word)) throw error
        last = error
      }
      await nextTick()
    }
  }

  return {
    async read(key, args) {
      try {
        return await send(key, args, deadlineFromNow())
      } catch (error) {
        throw refused(error)
      }
    },
    async run(script, keys, args) {
      const endsAt = deadlineFromNow()
      const rest = [String(keys.length), ...keys, ...args]
      try {
        return await send(keys[0], ['evalsha', script.hash, ...rest], endsAt).catch((error: unknown) => {
          if (replyWord(error) !== 'NOSCRIPT') throw error
          return send(keys[0], ['eval', script.source, ...rest], endsAt)
        })
      } catch (error) {
        throw refused(error)
      }
    },
  }
}

/** A reply as text, whatever the application's client makes of strings and integers. */
export function asText(reply: unknown): string | undefined {
  if (typeof reply === 'string') return reply
  if (reply instanceof Uint8Array) return Buffer.from(reply).toString()
  return typeof reply === 'number' || typeof reply === 'bigint' ? String(reply) : undefined
}

export function asTexts(reply: unknown): readonly (string | undefined)[] {
  if (!Array.isArray(reply)) throw storeFailed('Redis answered with no list')
  return reply.map(asText)
}

/** The answer of a script that says whether it did what it was asked to. */
export function asYesOrNo(reply: unknown): boolean {
  const text = asText(reply)
  if (text === '1') return true
  if (text === '0') return false
  throw storeFailed('Redis answered with neither yes nor no')
}

function deadlineFromNow(): number {
  return performance.now() + storeDeadline - slack
}

function silence(): OAuthError {
  return storeFailed('Redis gave no answer')
}

/** The first word of an error that the server sent; the rest of it may quote keys and values. */
export function replyWord(error: unknown): string | undefined {
  return error instanceof Error ? /^([A-Z]{3,24})(?: |$)/.exec(error.message)?.[1] : undefined
}

export function refused(error: unknown): OAuthError {
  if (isOAuthError(error)) return error
  const word = replyWord(error)
  return storeFailed(word === undefined ? 'the Redis client failed' : `Redis answered ${word}`, error)
}
