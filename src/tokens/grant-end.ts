import type { ClientContext } from '../context.ts'
import { publishConnection } from '../diagnostics.ts'
import { isOAuthError, type OAuthError } from '../errors/oauth-error.ts'
import { reportError, runHook } from '../hooks.ts'
import { isProcessLocal } from '../stores/process-local.ts'
import type { StoredConnection } from '../types.ts'
import { newestSeal, toConnection } from './connection-record.ts'
import { chainOf, isOther } from './freshness.ts'
import { type Held, hold } from './held.ts'
import { saveRenewed } from './save-renewed.ts'

/** ms between the looks at a record before its grant is judged dead. */
const looks = [0, 100, 400, 1_000]
/** ms that these looks take in all. */
export const looksTake = looks.reduce((sum, pause) => sum + pause, 0)

/**
 * The provider says that the grant is over. If another process has just renewed it, what was used is merely outdated, and
 * that process may still be writing (DESIGN §6): so the record is read again, with pauses, before the grant counts as
 * dead. Gives the connection as somebody has renewed it, or throws `reconnect_required`.
 */
export async function judgeEnded(
  context: ClientContext,
  used: Held,
  name: string | undefined,
  error: OAuthError,
): Promise<Held> {
  const chain = chainOf(used.tokens, name)
  let now = used
  // Nobody else can be writing to a store in this process's memory: clients in it share what is unsaved.
  for (const pause of isProcessLocal(context.store) ? [0] : looks) {
    if (pause > 0) await new Promise<void>((resume) => setTimeout(resume, pause))
    now = await hold(context, used.record)
    if (isOther(chainOf(now.tokens, name), chain)) return now
  }
  if (name === undefined) throw await markEnded(context, now.record, error)
  // One of several tokens has ended; the others are not its victims.
  reportError(context, error, toConnection(now.record))
  if (!chain) return now
  const { refreshToken: _ended, refreshTokenExpiresAt: _end, ...rest } = chain
  return saveRenewed(context, now, { chains: new Map([[name, rest]]) })
}

/** Marks the connection, once, and tells the hook, once. Gives the error for whoever asked. */
export async function markEnded(
  context: ClientContext,
  record: StoredConnection,
  because: OAuthError | undefined,
): Promise<OAuthError> {
  const error = reconnectRequired(context, because)
  if (record.status === 'reconnect_required') return error
  const marked = {
    ...record,
    status: 'reconnect_required',
    updatedAt: new Date(context.clock()),
    version: record.version + 1,
    sealed: newestSeal(context, record),
  } as const
  const connection = toConnection(marked)
  let isMarked: boolean
  try {
    isMarked = await context.store.save(marked, { expectedVersion: record.version })
  } catch (failed) {
    // What the provider has said is the news; whoever asks next is told by it again.
    if (!isOAuthError(failed)) throw failed
    reportError(context, failed, connection)
    return error
  }
  if (isMarked) {
    publishConnection(connection, { operation: 'reconnect_required', outcome: 'success' })
    await runHook(
      context,
      'onReconnectRequired',
      () => context.hooks.onReconnectRequired?.({ connection, error }),
      connection,
    )
  }
  return error
}

function reconnectRequired(context: ClientContext, because?: OAuthError): OAuthError {
  return context.fail({
    code: 'reconnect_required',
    error: because?.error,
    errorDescription: because?.errorDescription,
    status: because?.status,
    detail: 'the grant has ended, the user must connect again',
  })
}

export function assertActive(context: ClientContext, record: StoredConnection): void {
  if (record.status === 'reconnect_required') throw reconnectRequired(context)
}
