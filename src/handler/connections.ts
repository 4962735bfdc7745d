import type { Connection } from '../types.ts'
import { answerFailure } from './failure.ts'
import type { HandlerClient, HandlerContext, HandlerSession } from './options.ts'
import { refuse, respondJson } from './respond.ts'
import { isOwnRequest } from './same-origin.ts'
import { type ListedSync, toListedSync } from './sync.ts'

/** One integration as `GET {base}` shows it. Dates are ISO 8601 in JSON. */
export interface ListedIntegration {
  readonly id: string
  readonly name: string
  readonly category: string
  readonly connections: readonly ListedConnection[]
}

/** A connection as `GET {base}` shows it: without what the session knows already. */
export type ListedConnection = Omit<Connection, 'provider' | 'tenantId' | 'version'> & {
  /** The latest run of its historical sync, where the handler was given the engine. */
  readonly sync?: ListedSync
}

/** `GET {base}`: every integration with what the session's tenant has connected. */
export async function serveList(
  context: HandlerContext,
  request: Request,
  session: HandlerSession,
): Promise<Response> {
  try {
    const clients = [...context.clients.values()]
    const syncs = await latestSyncs(context, session)
    return respondJson(
      200,
      await Promise.all(clients.map((client) => listIntegration(client, session.tenantId, syncs))),
    )
  } catch (error) {
    // A store that fails is never shown as "not connected".
    return answerFailure(context, { request, error, json: true })
  }
}

/** The tenant's latest runs by integration and connection. */
async function latestSyncs({ sync }: HandlerContext, { tenantId }: HandlerSession): Promise<Syncs> {
  const syncs: Syncs = new Map()
  for await (const run of sync?.list({ tenantId }) ?? [])
    if (run.tenantId === tenantId)
      syncs.set(JSON.stringify([run.provider, run.connectionId]), toListedSync(run))
  return syncs
}

type Syncs = Map<string, ListedSync>

async function listIntegration(
  client: HandlerClient,
  tenantId: string,
  syncs: Syncs,
): Promise<ListedIntegration> {
  const { id, name, category } = client.provider
  const connections: ListedConnection[] = []
  for await (const connection of client.list({ tenantId }))
    if (connection.tenantId === tenantId) {
      const sync = syncs.get(JSON.stringify([id, connection.connectionId]))
      connections.push({ ...toListed(connection), ...(sync && { sync }) })
    }
  return { id, name, category, connections }
}

/** Named field by field: what a store adds to its records stays there. */
export function toListed(connection: Connection): ListedConnection {
  const { userId, expiresAt, refreshTokenExpiresAt, account } = connection
  return {
    connectionId: connection.connectionId,
    status: connection.status,
    ...(userId !== undefined && { userId }),
    ...(account && {
      account: { id: account.id, ...(account.name !== undefined && { name: account.name }) },
    }),
    scopes: connection.scopes,
    tokenType: connection.tokenType,
    params: connection.params,
    ...(connection.choices && { choices: connection.choices }),
    ...(expiresAt && { expiresAt }),
    ...(refreshTokenExpiresAt && { refreshTokenExpiresAt }),
    createdAt: connection.createdAt,
    connectedAt: connection.connectedAt,
    updatedAt: connection.updatedAt,
    refreshedAt: connection.refreshedAt,
  }
}

/** `DELETE {base}/{id}`: revokes and removes, and says what happened. */
export async function serveDisconnect(
  context: HandlerContext,
  request: Request,
  client: HandlerClient,
  session: HandlerSession,
): Promise<Response> {
  const query = new URL(request.url).searchParams
  const connectionId = query.get('connectionId') || undefined
  const revoke = query.get('revoke') !== 'false'
  try {
    const ref = { tenantId: session.tenantId, connectionId }
    const { revoked, error, alsoEnded } = await client.disconnect(ref, { revoke })
    const { code, message, hint } = error ?? {}
    const siblings = alsoEnded?.map(({ provider, connectionId }) => ({ provider, connectionId }))
    return respondJson(200, {
      revoked,
      ...(error && { error: { code, message, hint } }),
      ...(siblings && { alsoEnded: siblings }),
    })
  } catch (error) {
    return answerFailure(context, { request, error, client, json: true })
  }
}

/** `undefined`, or the refusal of a request that another site made this browser send. */
export function refuseForeign(request: Request, client: HandlerClient): Response | undefined {
  if (isOwnRequest(request, client.redirectUri)) return undefined
  return refuse(403, 'cross_site', 'This request must come from a page of this site.')
}
