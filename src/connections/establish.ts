import type { ConnectResult } from '../client-types.ts'
import type { ClientContext } from '../context.ts'
import { reportError, runHook } from '../hooks.ts'
import type { Granted } from '../protocols/protocol.ts'
import { captureFrom } from '../provider/capture.ts'
import type { Params } from '../provider/params.ts'
import { triggerHistoricalSyncOnConnection } from '../sync/historical-sync.ts'
import type { Learning } from '../tokens/ask.ts'
import type { Connection, ConnectionKey, SyncOutcome } from '../types.ts'
import { warnOfEnding } from '../warnings.ts'
import { discoverParams } from './discover.ts'
import { readAccount } from './learn-account.ts'
import { persistConnection } from './persist-connection.ts'

/** Steps 7 to 10 (DESIGN §3): what a grant is turned into, whichever protocol it came by. */
export async function establish(
  context: ClientContext,
  { key, userId }: { readonly key: ConnectionKey; readonly userId: string | undefined },
  { tokens, body, identity, secrets, mended }: Granted,
  given: Params,
): Promise<ConnectResult> {
  const { provider, fixedParams } = context
  const previous = await previousOf(context, key, mended)
  const known = mended ? { ...previous?.params, ...given } : given
  const captured = captureFrom(provider, body, provider.tokenResponse?.capture)
  const answered = { ...known, ...captured, ...fixedParams }
  const learning: Learning = { params: answered, tokens, secrets }
  const discovered = await discoverParams(context, learning, previous?.params)
  const params: Params = { ...answered, ...discovered.params, ...fixedParams }
  const read = await readAccount(context, { ...learning, params }, { body, identity })
  const account = read ?? (mended ? previous?.account : undefined)
  const { choices } = discovered
  const persisted = { key, userId, tokens, params, choices, account }
  const { connection, reconnected } = await persistConnection(context, persisted)
  await runHook(
    context,
    'onConnected',
    () => context.hooks.onConnected?.({ connection, reconnected }),
    connection,
  )
  await warnOfEnding(context)
  return { connection, sync: await startSync(context, connection) }
}

/** The connection as it stands, where what it was set to or has learnt still counts. */
async function previousOf(
  context: ClientContext,
  key: ConnectionKey,
  mended: true | undefined,
): Promise<Connection | undefined> {
  if (!mended && !context.provider.discovery?.some(({ choose }) => choose)) return undefined
  return context.store.load(key)
}

async function startSync(context: ClientContext, connection: Connection): Promise<SyncOutcome> {
  const outcome = await triggerHistoricalSyncOnConnection({
    connection,
    sync: context.sync,
    maxMonths: context.provider.history?.maxMonths,
    timeout: context.timeout,
  })
  if (outcome.status === 'failed') reportError(context, outcome.error, connection)
  return outcome
}
