import { subtractMonths } from '../sync/historical-sync.ts'
import type { HistoricalSyncRun, SyncRef } from '../sync/types.ts'
import { streamEvents } from './event-stream.ts'
import { answerFailure } from './failure.ts'
import type { HandlerClient, HandlerContext, HandlerSession, HandlerSync } from './options.ts'
import { refuse, respondJson } from './respond.ts'

/** A run as the routes show it. Dates are ISO 8601 in JSON. */
export type ListedSync = Omit<HistoricalSyncRun, 'tenantId'>

export function toListedSync({ tenantId: _ownTenant, ...run }: HistoricalSyncRun): ListedSync {
  return run
}

/** `GET {base}/sync`: the latest run of each of the tenant's connections. */
export async function serveSyncs(
  context: HandlerContext,
  sync: HandlerSync,
  request: Request,
  { tenantId }: HandlerSession,
): Promise<Response> {
  if (wantsEvents(request)) return streamRuns(context, request, sync, { tenantId })
  try {
    const runs: ListedSync[] = []
    for await (const run of sync.list({ tenantId }))
      if (run.tenantId === tenantId) runs.push(toListedSync(run))
    return respondJson(200, runs)
  } catch (error) {
    return answerFailure(context, { request, error, json: true })
  }
}

/** `GET {base}/{id}/sync`: one connection's latest run, and the earlier ones. */
export async function serveSync(
  context: HandlerContext,
  sync: HandlerSync,
  request: Request,
  client: HandlerClient,
  session: HandlerSession,
): Promise<Response> {
  const ref = refOf(request, client, session)
  if (wantsEvents(request)) return streamRuns(context, request, sync, ref)
  try {
    const [latest, ...earlier] = await sync.history(ref)
    return respondJson(200, {
      sync: latest ? toListedSync(latest) : null,
      history: earlier.map(toListedSync),
    })
  } catch (error) {
    return answerFailure(context, { request, error, client, json: true })
  }
}

/** `POST {base}/{id}/sync?action=`: steers a connection's sync. 409 where the action does not fit how it stands. */
export async function serveSyncAction(
  context: HandlerContext,
  sync: HandlerSync,
  request: Request,
  client: HandlerClient,
  session: HandlerSession,
): Promise<Response> {
  const ref = refOf(request, client, session)
  const action = new URL(request.url).searchParams.get('action')
  try {
    const run = await act(sync, action, ref, session, client)
    if (run === 'unknown')
      return refuse(400, 'params_invalid', 'The action is start, pause, resume or cancel.')
    if (run) return respondJson(200, { sync: toListedSync(run) })
    return refuse(409, 'not_applicable', `There is no sync of this connection that can ${action}.`)
  } catch (error) {
    return answerFailure(context, { request, error, client, json: true })
  }
}

async function act(
  sync: HandlerSync,
  action: string | null,
  ref: SyncRef,
  { userId }: HandlerSession,
  client: HandlerClient,
): Promise<HistoricalSyncRun | 'unknown' | undefined> {
  if (action === 'pause' || action === 'resume' || action === 'cancel') return sync[action](ref)
  if (action !== 'start') return 'unknown'
  // What is not connected has nothing to be synced; and the end of the range is now, as at a connect.
  if (!(await isConnected(client, ref))) return undefined
  const { connectionId = 'default' } = ref
  const to = new Date()
  const months = Math.min(sync.months, client.provider.history?.maxMonths ?? sync.months)
  return sync.start({
    ...ref,
    connectionId,
    ...(userId !== undefined && { userId }),
    from: subtractMonths(to, months),
    to,
  })
}

async function isConnected(
  client: HandlerClient,
  { tenantId, connectionId = 'default' }: SyncRef,
): Promise<boolean> {
  for await (const connection of client.list({ tenantId }))
    if (connection.tenantId === tenantId && connection.connectionId === connectionId) return true
  return false
}

function refOf(request: Request, client: HandlerClient, { tenantId }: HandlerSession): SyncRef {
  const connectionId = new URL(request.url).searchParams.get('connectionId') || 'default'
  return { provider: client.provider.id, tenantId, connectionId }
}

function wantsEvents(request: Request): boolean {
  const accept = request.headers.get('accept') ?? ''
  return request.method === 'GET' && /(?:^|,)\s*text\/event-stream\s*(?:[,;]|$)/i.test(accept)
}

function streamRuns(
  context: HandlerContext,
  request: Request,
  sync: HandlerSync,
  filter: {
    readonly tenantId: string
    readonly provider?: string
    readonly connectionId?: string | undefined
  },
): Response {
  async function* events(signal: AbortSignal) {
    for await (const run of sync.watch({ ...filter, signal }))
      if (run.tenantId === filter.tenantId) yield { event: 'sync', data: toListedSync(run) }
  }
  return streamEvents(request, events, (error) => {
    answerFailure(context, { request, error, json: true })
  })
}
