import type { OAuthError } from '../errors/oauth-error.ts'

const first = 1_000
const most = 30_000
const mostRetryAfter = 5 * 60_000
/** Entries beyond this are dropped oldest first: forgetting one costs a request, not a connection. */
const remembered = 10_000

interface Pause {
  readonly until: number
  readonly next: number
  readonly error: OAuthError
}

/** Keeps a connection whose refresh failed for a moment from asking again at once (DESIGN §12). */
export function createBackOff(clock: () => number) {
  const pauses = new Map<string, Pause>()
  return {
    /** The error of the pause that is still on. */
    current(key: string): OAuthError | undefined {
      const pause = pauses.get(key)
      return pause && clock() < pause.until ? pause.error : undefined
    },
    failed(key: string, error: OAuthError): void {
      const pause = Math.min(pauses.get(key)?.next ?? first, most)
      const wait =
        error.retryAfter === undefined ? pause : Math.min(Math.max(error.retryAfter, first), mostRetryAfter)
      pauses.delete(key)
      pauses.set(key, { until: clock() + wait, next: pause * 2, error })
      const oldest = pauses.size > remembered ? pauses.keys().next().value : undefined
      if (oldest !== undefined) pauses.delete(oldest)
    },
    succeeded(key: string): void {
      pauses.delete(key)
    },
  }
}
