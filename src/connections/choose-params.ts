import type { ClientContext } from '../context.ts'
import { checkGivenParams } from '../provider/params.ts'
import { encodeConnectionKey } from '../stores/connection-key.ts'
import { contested, mostSaves, newestSeal, toConnection } from '../tokens/connection-record.ts'
import type { Connection, ConnectionKey } from '../types.ts'
import { assertChoice } from './discover.ts'

/** Sets a connection to one of its `choices` (jira: the site that API calls go to). The tokens stay as they are. */
export async function chooseParams(
  context: ClientContext,
  key: ConnectionKey,
  given: Readonly<Record<string, string>>,
): Promise<Connection> {
  // A write now would outrun tokens that only this process has.
  if (context.unsaved.get(encodeConnectionKey(key)))
    throw context.fail({
      code: 'store_failed',
      detail: 'refreshed tokens of this connection wait to be stored',
      retryable: true,
    })
  for (let attempt = 1; attempt <= mostSaves; attempt++) {
    const record = await context.store.load(key)
    if (!record)
      throw context.fail({ code: 'connection_not_found', detail: 'this tenant has no such connection' })
    const params = checkGivenParams(context.provider, given, context.fixedParams)
    for (const [param, value] of Object.entries(params))
      assertChoice(context, param, record.choices?.[param] ?? [], value)
    const updatedAt = new Date(context.clock())
    const chosen = {
      ...record,
      params: { ...record.params, ...params },
      updatedAt,
      version: record.version + 1,
      sealed: newestSeal(context, record),
    }
    if (await context.store.save(chosen, { expectedVersion: record.version })) return toConnection(chosen)
  }
  throw contested(context)
}
