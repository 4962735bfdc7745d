import type { Connection } from '../types.ts'
import { labelled, plain } from './output.ts'

/** A connection for people: a line for each thing there is to know. */
export function describeConnection(connection: Connection): string[] {
  const { provider, tenantId, connectionId, account, scopes, params } = connection
  const rows: (readonly [string, string])[] = [
    ['integration', provider],
    ['tenant', tenantId],
    ['connection', connectionId],
    ['status', connection.status],
    ['account', accountWords(connection)],
    ...(account?.name !== undefined ? [['account id', account.id] as const] : []),
    ['scopes', scopes.join(' ') || 'none'],
    ['expires', connection.expiresAt?.toISOString() ?? 'no known end'],
    ...Object.entries(params).map(([name, value]) => ['param', `${name}=${value}`] as const),
  ]
  return rows.map(([label, text]) => labelled(label, text, 14))
}

export function accountWords({ account }: Pick<Connection, 'account'>): string {
  return account?.name ?? account?.id ?? 'unknown'
}

/** What to connect again with, where a grant reaches several sites: none of them is guessed. */
export function describeChoices({ choices = {}, params }: Pick<Connection, 'choices' | 'params'>): string[] {
  const open = Object.entries(choices).filter(
    ([name, among]) => params[name] === undefined && among.length > 1,
  )
  return open.flatMap(([name, among]) =>
    among.map(({ id, name: words = '' }) => `  --param ${plain(`${name}=${id}`)}  ${plain(words)}`.trimEnd()),
  )
}
