/** A request as it must reach the provider, written out in full. */
export interface ExpectedRequest {
  readonly method: 'GET' | 'POST'
  /** Whole, with its query as it is sent. */
  readonly url: string
  /** The JSON body; none where it is absent. */
  readonly json?: unknown
  /** Headers that matter, by names in lower case. */
  readonly headers?: Readonly<Record<string, string>>
}

/** What a definition's history must do with the documented pages of `test/fixtures/<id>/history(-last).json`. */
export interface HistoryRow {
  /** Of the connection, besides the examples of what it learns; for what only a user can name. */
  readonly params?: Readonly<Record<string, string>>
  /** Items on the fixture's full page, where a page that is not full is the last: documentation shows fewer. */
  readonly size?: number
  /** For the window 2026-08-21T00:00:00Z to 2026-11-21T00:00:00Z. */
  readonly first: ExpectedRequest
  /** Absent: the provider has no second page. */
  readonly next?: ExpectedRequest
  /** Ids of the items that come, a page each. */
  readonly ids: readonly (readonly string[])[]
  /** Their times, where the definition knows them: ISO 8601, as `Date.toISOString` writes it. */
  readonly times?: readonly (readonly string[])[]
  /** Ids in the fixtures that lie outside the window, so that they must not come. */
  readonly dropped?: readonly string[]
  /** What the provider says there are in all. */
  readonly total?: number
  readonly windows: 'whole' | { readonly days: number }
}
