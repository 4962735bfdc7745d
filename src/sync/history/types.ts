import type { RunContext, SyncWindow, SyncWindows, WindowedRun } from '../types.ts'

/** What reading by hand needs: a `RunContext` will do. */
export interface HistoryContext extends Pick<RunContext, 'connection' | 'fetch'> {
  /** Of a page of this very window: reading goes on after it. One of another window begins anew. */
  readonly cursor?: string | undefined
  /** Ends the reading between two pages, and aborts the request under way. */
  readonly signal?: AbortSignal | undefined
}

/** One answer of the provider. */
export interface HistoryPage {
  /** As the provider wrote them; those outside the window are left out. It can be empty and not the last. */
  readonly items: readonly unknown[]
  /** For `HistoryContext.cursor`, in whatever process. Absent: this is the last page. */
  readonly cursor?: string
  /** Items that the query has in all, where the provider counts them. */
  readonly total?: number
}

/** The first resource a backfill reads of one provider. */
export interface History {
  /**
   * The cut that suits it: a week at a time where the provider takes both bounds, fewer days where it allows no more;
   * `'whole'` where it does not, because every further window would read all that is newer again.
   */
  readonly windows: SyncWindows
  /**
   * Reads one window, page by page. Throws an `OAuthError`: `rate_limited` with `retryAfter`, `html_response`,
   * `malformed_response` (also for an answer without its list, and for pages that do not move on), `provider_error` (also
   * inside HTTP 200), `response_too_large` (a page of more than 32 MiB), `timeout`, `network`, `host_not_allowed`,
   * `params_invalid` (a cursor that is none, a param that the connection lacks), and what `fetch` throws.
   */
  pages(window: SyncWindow, context: HistoryContext): AsyncGenerator<HistoryPage, void, undefined>
  /**
   * A `run` for `createHistoricalSync`: has each page's items saved, then reports cursor, count and, where known, total.
   * A page without items is reported only; the last page with the cursor `null`. After a crash, `save` can be given the items of its last page again.
   */
  each(
    save: (items: readonly unknown[], context: RunContext & { readonly window: SyncWindow }) => unknown,
  ): WindowedRun
}
