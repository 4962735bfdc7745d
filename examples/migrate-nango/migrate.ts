import { migrate, needed } from '../migrate-shared/command.ts'
import type { OldRow } from '../migrate-shared/old-connection.ts'
import { definitionOf, ownerOf, readConnection, sourceOf } from './connection.ts'
import { NangoError, nangoApi } from './nango-api.ts'

async function* oldRows(): AsyncGenerator<OldRow> {
  const nango = nangoApi(process.env.NANGO_HOST ?? 'https://api.nango.dev', needed('NANGO_SECRET_KEY'))
  const seen = new Map<string, number>()
  const oldestFirst = [...(await nango.list())].sort((a, b) => a.created.localeCompare(b.created))
  for (const listed of oldestFirst) {
    const source = sourceOf(listed)
    const definition = definitionOf(listed)
    if (!definition) {
      yield { source, why: `no integration is called "${listed.provider.slice(0, 60)}"` }
      continue
    }
    const place = JSON.stringify([definition.id, ownerOf(listed).tenantId])
    const nth = seen.get(place) ?? 0
    seen.set(place, nth + 1)
    try {
      yield readConnection(listed, await nango.get(listed), definition, nth)
    } catch (error) {
      // 424: Nango has given up on refreshing it. The user connects anew, with latchkey.
      if (!(error instanceof NangoError) || ![400, 404, 424].includes(error.status)) throw error
      yield { source, why: `Nango does not hand out its credentials (HTTP ${error.status})` }
    }
  }
}

await migrate(oldRows)
