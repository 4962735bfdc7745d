import { findProvider } from 'latchkey/providers'
import { eachRow } from './each-row.ts'
import type { OldRow } from './old-connection.ts'
import { isAnswer, readTokenAnswer } from './token-answer.ts'

/** A table with what a token endpoint has answered, as JSON: what applications of protocol libraries tend to have. */
interface Row {
  readonly id: number
  readonly tenant_id: string
  readonly user_id: string | null
  readonly provider: string
  readonly tokens: unknown
  readonly stored_at: Date
}

export async function* storedAnswers(databaseUrl: string): AsyncGenerator<OldRow> {
  const query = `SELECT id, tenant_id, user_id, provider, tokens, stored_at::timestamptz FROM oauth_tokens ORDER BY id`
  for await (const { id, tenant_id, user_id, provider, tokens, stored_at } of eachRow<Row>(
    databaseUrl,
    query,
  )) {
    const source = `oauth_tokens ${id}`
    const definition = findProvider(provider)
    if (!definition) yield { source, why: `no integration is called "${provider.slice(0, 60)}"` }
    else if (!isAnswer(tokens)) yield { source, why: 'its tokens are no JSON object' }
    else
      yield {
        source,
        provider: definition.id,
        tenantId: tenant_id,
        ...(user_id !== null && { userId: user_id }),
        ...readTokenAnswer(definition, tokens, stored_at),
        refreshedAt: stored_at,
      }
  }
}
