import { isOAuthError, memoryStore, type ProviderDefinition, type TokenStore } from 'latchkey'
import { findProvider } from 'latchkey/providers'
import type { MoveClient } from './clients.ts'
import { isLeftBehind, type LeftBehind, type OldConnection, type OldRow } from './old-connection.ts'

/** Numbers of rows; `leftBehind` names each that was not moved. */
export interface Report {
  read: number
  imported: number
  /** A connection is there: of an earlier run, or because the user has connected since. It stays as it is. */
  alreadyThere: number
  readonly leftBehind: LeftBehind[]
}

/**
 * Imports the rows, one after the other. Ends at the first failure of the store: running it again goes on from there. A
 * dry run makes the same checks against a store in memory, and only looks into the real one.
 */
export async function move(
  rows: AsyncIterable<OldRow>,
  options: {
    readonly store: TokenStore
    readonly clients: (store: TokenStore) => readonly MoveClient[]
    readonly dryRun: boolean
  },
): Promise<Report> {
  const { store, clients, dryRun } = options
  const byId = (all: readonly MoveClient[]) => new Map(all.map((client) => [client.provider.id, client]))
  const real = byId(clients(store))
  const target = dryRun ? byId(clients(memoryStore())) : real
  /** By connection, the row that was taken for it. */
  const taken = new Map<string, string>()
  const report: Report = { read: 0, imported: 0, alreadyThere: 0, leftBehind: [] }
  for await (const row of rows) {
    report.read += 1
    if (isLeftBehind(row)) {
      report.leftBehind.push(row)
      continue
    }
    const id = findProvider(row.provider)?.id ?? row.provider
    const client = target.get(id)
    if (!client) {
      report.leftBehind.push({ source: row.source, why: `there is no client for "${id}"` })
      continue
    }
    const place = JSON.stringify([id, row.tenantId, row.connectionId ?? 'default'])
    const first = taken.get(place)
    if (first !== undefined) {
      report.leftBehind.push({ source: row.source, why: `${first} stands at its place` })
      continue
    }
    try {
      const isThere = dryRun && (await real.get(id)?.getConnection(row)) !== undefined
      const imported = !isThere && (await client.importConnection(fitted(row, client.provider))).imported
      if (imported) report.imported += 1
      else report.alreadyThere += 1
      taken.set(place, row.source)
    } catch (error) {
      if (!isOAuthError(error) || error.code !== 'params_invalid') throw error
      report.leftBehind.push({ source: row.source, why: error.message })
    }
  }
  return report
}

/** The row as its definition would have it. */
function fitted(row: OldConnection, { refresh, tokenResponse }: ProviderDefinition): OldConnection {
  const { refreshToken, ...rest } = row.tokens
  // Some libraries store one that the provider has no use for.
  if (!refresh || refreshToken === undefined) return { ...row, tokens: rest }
  // Where tokens of this provider end and nobody noted when, the first use asks for a new one.
  const isUnknown = row.tokens.expiresAt === undefined && !row.isEndless && tokenResponse?.lifetime !== false
  return isUnknown ? { ...row, tokens: { ...row.tokens, expiresAt: new Date() } } : row
}
