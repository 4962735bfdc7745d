import { isLeftBehind, type OldConnection, type OldRow } from '../migrate-shared/old-connection.ts'

/**
 * Of several rows of one tenant and integration, the newest living one; the others are left behind, each naming the row
 * that stands. Where a provider rotates refresh tokens, the older rows hold spent ones.
 */
export function mergeDuplicates(rows: readonly OldRow[]): OldRow[] {
  const groups = new Map<string, OldConnection[]>()
  const result: OldRow[] = []
  for (const row of rows) {
    if (isLeftBehind(row)) {
      result.push(row)
      continue
    }
    const key = JSON.stringify([row.tenantId, row.provider])
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  for (const group of groups.values()) {
    const [best, ...others] = group.sort((a, b) => rank(b) - rank(a) || time(b) - time(a))
    if (best) result.push(best)
    for (const { source } of others) result.push({ source, why: `${best?.source} stands for it` })
  }
  return result
}

/** Living before dead, and what can be used for long before what has ended. */
function rank({ status, tokens, isEndless }: OldConnection): number {
  if (status === 'reconnect_required') return 0
  const canRenew = tokens.refreshToken !== undefined
  return canRenew || isEndless || (tokens.expiresAt?.getTime() ?? Infinity) > Date.now() ? 2 : 1
}

const time = ({ refreshedAt }: OldConnection) => refreshedAt?.getTime() ?? 0
