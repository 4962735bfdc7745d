import { type Channel, channel } from 'node:diagnostics_channel'
import type { OAuthErrorCode } from './errors/codes.ts'
import { isOAuthError } from './errors/oauth-error.ts'
import type { HttpResponse } from './http/transport.ts'
import type { ConnectionKey } from './types.ts'

/** What a request to a provider was for. */
export type RequestOperation =
  | 'token'
  | 'refresh'
  | 'long_lived_token'
  | 'request_token'
  | 'link_token'
  | 'revocation'
  | 'discovery'
  | 'identity'
  | 'api'

interface Timed {
  /** The provider's id. */
  readonly provider: string
  /** ms since 1970 on the machine's clock, when it began. */
  readonly startedAt: number
  /** ms. */
  readonly duration: number
  /** The HTTP status, where an answer came. */
  readonly status?: number
  /** Why it failed. */
  readonly code?: OAuthErrorCode
}

/** A message on `latchkey:request`: one request to a provider has ended. */
export interface RequestMessage extends Timed {
  readonly operation: RequestOperation
  /** `failure`: no answer, or one of HTTP 400 and above. */
  readonly outcome: 'success' | 'failure'
}

interface OfConnection extends Timed {
  readonly tenantId: string
  readonly connectionId: string
}

/** A message on `latchkey:refresh`: one refresh of a connection has ended, whatever number of callers waited for it. */
export interface RefreshMessage extends OfConnection {
  readonly operation: 'refresh'
  /**
   * `refreshed`: new tokens are stored; `unsaved`: this process holds them, the store would not take them; `unchanged`:
   * somebody else had just renewed them, or the old ones are used while the provider fails.
   */
  readonly outcome: 'refreshed' | 'unsaved' | 'unchanged' | 'reconnect_required' | 'failure'
}

/** A message on `latchkey:connection`: a connection has begun, changed its state or ended, or failed to. */
export interface ConnectionMessage extends OfConnection {
  readonly operation: 'connect' | 'reconnect' | 'reconnect_required' | 'disconnect'
  readonly outcome: 'success' | 'failure'
  /** With `disconnect`: whether the provider has revoked the grant. */
  readonly revoked?: boolean
}

/** What is told besides whose it is and how long it took. */
type Told<M extends Timed> = Omit<M, 'provider' | 'startedAt' | 'duration' | 'tenantId' | 'connectionId'>

const requests = channel('latchkey:request')
const refreshes = channel('latchkey:refresh')
const connections = channel('latchkey:connection')

/** Runs a request and tells of it. Free while nobody listens. */
export async function tracedRequest<R extends Pick<HttpResponse, 'status'>>(
  provider: string,
  operation: RequestOperation,
  send: () => Promise<R>,
): Promise<R> {
  return traced<R, RequestMessage>(
    requests,
    { provider },
    send,
    ({ status }) => ({ operation, status, outcome: status < 400 ? 'success' : 'failure' }),
    (error) => ({ operation, outcome: 'failure', ...words(error) }),
  )
}

/** Runs the refresh of a connection and tells of it. */
export async function tracedRefresh<R>(
  key: ConnectionKey,
  run: () => Promise<R>,
  outcomeOf: (result: R) => RefreshMessage['outcome'],
): Promise<R> {
  return traced<R, RefreshMessage>(
    refreshes,
    ids(key),
    run,
    (result) => ({ operation: 'refresh', outcome: outcomeOf(result) }),
    (error) => {
      const { code, ...rest } = words(error)
      const outcome = code === 'reconnect_required' ? code : 'failure'
      return { operation: 'refresh', outcome, ...(code && { code }), ...rest }
    },
  )
}

/** Runs what begins or ends a connection and tells of it. */
export async function tracedConnection<R>(
  key: ConnectionKey,
  operation: ConnectionMessage['operation'],
  run: () => Promise<R>,
  toldOf: (result: R) => Partial<Pick<ConnectionMessage, 'operation' | 'revoked'>>,
): Promise<R> {
  return traced<R, ConnectionMessage>(
    connections,
    ids(key),
    run,
    (result) => ({ operation, outcome: 'success', ...toldOf(result) }),
    (error) => ({ operation, outcome: 'failure', ...words(error) }),
  )
}

/** Tells of a change of state that took no time of its own. */
export function publishConnection(key: ConnectionKey, told: Told<ConnectionMessage>): void {
  if (connections.hasSubscribers)
    connections.publish({ ...ids(key), startedAt: Date.now(), duration: 0, ...told })
}

async function traced<R, M extends Timed>(
  channel: Channel,
  whose: object,
  run: () => Promise<R>,
  ended: (result: R) => Told<M>,
  failed: (error: unknown) => Told<M>,
): Promise<R> {
  if (!channel.hasSubscribers) return run()
  const startedAt = Date.now()
  const start = performance.now()
  const publish = (told: Told<M>) =>
    channel.publish({ ...whose, startedAt, duration: performance.now() - start, ...told })
  let result: R
  try {
    result = await run()
  } catch (error) {
    publish(failed(error))
    throw error
  }
  publish(ended(result))
  return result
}

function ids({ provider, tenantId, connectionId }: ConnectionKey) {
  return { provider, tenantId, connectionId }
}

/** Of an error only its code and status: no word of it, nor of the provider's. */
function words(error: unknown): { readonly code?: OAuthErrorCode; readonly status?: number } {
  if (!isOAuthError(error)) return {}
  return { code: error.code, ...(error.status !== undefined && { status: error.status }) }
}
