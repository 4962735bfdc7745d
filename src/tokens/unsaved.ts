import type { ClientContext } from '../context.ts'
import { isOAuthError } from '../errors/oauth-error.ts'
import { reportError } from '../hooks.ts'
import type { StoredConnection } from '../types.ts'
import { toConnection } from './connection-record.ts'

const firstPause = 250
const mostPause = 5_000

interface Unsaved {
  record: StoredConnection
  readonly expectedVersion: number
  pause: number
  timer: ReturnType<typeof setTimeout> | undefined
}

/**
 * Tokens that the provider has handed out and the store would not take (DESIGN §6). This process serves from them and
 * keeps trying to save against the version it had read, so that a late write never overwrites a newer one.
 */
export function createUnsavedTokens(context: ClientContext) {
  const held = new Map<string, Unsaved>()

  async function attempt(key: string, entry: Unsaved): Promise<void> {
    clearTimeout(entry.timer)
    try {
      const { record, expectedVersion } = entry
      const saved = await context.store.save(record, { expectedVersion })
      // Not saved: another process has written since, or a write that seemed to fail had worked. Theirs stands.
      if (held.get(key) === entry) held.delete(key)
      if (!saved) await noteIfLost(record)
    } catch (error) {
      if (isOAuthError(error)) reportError(context, error, toConnection(entry.record))
      if (held.get(key) !== entry) return
      entry.timer = setTimeout(() => void attempt(key, entry), entry.pause)
      entry.timer.unref?.()
      entry.pause = Math.min(entry.pause * 2, mostPause)
    }
  }

  async function noteIfLost(record: StoredConnection): Promise<void> {
    const stored = await context.store.load(record)
    if (stored && stored.sealed === record.sealed) return
    reportError(
      context,
      context.fail({
        code: 'store_failed',
        detail: 'refreshed tokens were not stored, because the record had been changed meanwhile',
      }),
      toConnection(record),
    )
  }

  return {
    get(key: string): StoredConnection | undefined {
      return held.get(key)?.record
    },
    /** The version that the store still has. */
    expectedVersion(key: string): number | undefined {
      return held.get(key)?.expectedVersion
    },
    hold(key: string, record: StoredConnection, expectedVersion: number): void {
      const entry: Unsaved = { record, expectedVersion, pause: firstPause * 2, timer: undefined }
      clearTimeout(held.get(key)?.timer)
      held.set(key, entry)
      entry.timer = setTimeout(() => void attempt(key, entry), firstPause)
      entry.timer.unref?.()
    },
    drop(key: string): void {
      clearTimeout(held.get(key)?.timer)
      held.delete(key)
    },
    /** One more attempt each, for `close()`. */
    async flush(): Promise<void> {
      await Promise.all([...held].map(([key, entry]) => attempt(key, entry)))
      for (const { timer } of held.values()) clearTimeout(timer)
    },
  }
}
