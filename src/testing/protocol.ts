import type { ApproveOptions } from './options.ts'
import type { Route } from './routes.ts'

/** A browser at an address of the provider, and what the user decides there. */
export interface Visit {
  /** At the provider's real host. */
  readonly url: URL
  /** What the address said of params. */
  readonly values: Readonly<Record<string, string>>
  readonly decision: 'approve' | 'deny'
  readonly consent: ApproveOptions
  /** The loopback server it came through. */
  readonly origin: string | undefined
}

/** What one protocol adds to the API, identity, discovery and revocation that all have. */
export interface ProtocolSimulator {
  /** Its addresses. */
  readonly routes: readonly Route[]
  /** Where the browser goes after a decision on the page at `authorization`; without pages, nothing. */
  readonly decide?: (visit: Visit) => string
  /** Gives out a key, where keys are how this provider is connected. */
  readonly issueKey?: (consent: Pick<ApproveOptions, 'account' | 'params'>) => string
}
