import { findProvider } from 'latchkey/providers'
import { declaredParams } from '../migrate-shared/declared-params.ts'
import type { OldConnection, OldRow } from '../migrate-shared/old-connection.ts'
import { looksLikeFernet, openFernet } from './fernet.ts'
import type { Row } from './read-rows.ts'

/** From this year on, an end is the old system's word for "never". */
const never = 2099

/** What the old system's words come to. `undecided`: with a refresh token the provider is asked, at the first use. */
const statuses = new Map<string, 'living' | 'undecided' | 'dead' | 'disconnected'>([
  ['active', 'living'],
  ['connected', 'living'],
  ['expired', 'undecided'],
  ['error', 'undecided'],
  ['revoked', 'dead'],
  ['needs_reauth', 'dead'],
  ['disconnected', 'disconnected'],
  ['deleted', 'disconnected'],
])

/** What one row says, or why it cannot be moved. `fernetKeys`: newest first. */
export function readRow(row: Row, fernetKeys: readonly string[]): OldRow {
  const source = `integration_tokens ${row.id}`
  const leave = (why: string) => ({ source, why })
  const provider = findProvider(row.provider)
  if (!provider) return leave(`no integration is called "${row.provider.slice(0, 60)}"`)
  const status = statuses.get(row.status.trim().toLowerCase())
  if (!status) return leave(`the status "${row.status.slice(0, 60)}" is not known`)
  if (status === 'disconnected') return leave('the user has disconnected')

  const tokens: { accessToken?: string; refreshToken?: string } = {}
  for (const [name, stored] of [
    ['accessToken', row.access_token],
    ['refreshToken', row.refresh_token],
  ] as const) {
    // An empty column is none.
    if (!stored?.trim()) continue
    const text = looksLikeFernet(stored) ? openFernet(stored, fernetKeys) : stored
    if (text === undefined) return leave(`none of the Fernet keys opens its ${name}`)
    tokens[name] = text.trim()
  }
  if (tokens.accessToken === undefined && tokens.refreshToken === undefined) return leave('it has no token')
  const scopes = readScopes(row.scopes)
  if (!scopes) return leave('its scopes cannot be read')

  const end = row.expires_at instanceof Date ? row.expires_at : undefined
  const isEndless = row.expires_at === Infinity || (end !== undefined && end.getUTCFullYear() >= never)
  const isDead = status === 'dead' || (status === 'undecided' && tokens.refreshToken === undefined)
  const old: OldConnection = {
    source,
    provider: provider.id,
    tenantId: row.tenant_id,
    ...(row.user_id !== null && { userId: row.user_id }),
    tokens: { ...tokens, ...(end && !isEndless && { expiresAt: end }) },
    isEndless,
    scopes,
    params: declaredParams(provider, row.metadata),
    ...(row.account_id !== null && { account: { id: row.account_id } }),
    status: isDead ? 'reconnect_required' : 'active',
    connectedAt: row.created_at,
    refreshedAt: row.updated_at ?? row.created_at,
  }
  return old
}

/** `a b`, `a,b` or `["a", "b"]`. */
function readScopes(text: string | null): string[] | undefined {
  const words = text?.trim() ?? ''
  if (!words.startsWith('[')) return words.split(/[\s,]+/).filter((word) => word !== '')
  try {
    const list: unknown = JSON.parse(words)
    return Array.isArray(list) ? list.filter((word) => typeof word === 'string') : undefined
  } catch {
    return undefined
  }
}
