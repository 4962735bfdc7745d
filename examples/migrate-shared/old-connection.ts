import type { ImportInput } from 'latchkey'

/** A connection of the old system in latchkey's terms. Of `tokens.expiresAt`, absent means that nobody knows. */
export interface OldConnection extends ImportInput {
  /** Names the row in the report: `integration_tokens 17`. */
  readonly source: string
  /** latchkey's id or an alias of it (`gdrive`). */
  readonly provider: string
  /** The old system says that the access token has no end. */
  readonly isEndless?: boolean
}

/** A row that was not moved, and why: words for a report, so never a token. */
export interface LeftBehind {
  readonly source: string
  readonly why: string
}

export type OldRow = OldConnection | LeftBehind

export const isLeftBehind = (row: OldRow): row is LeftBehind => 'why' in row
