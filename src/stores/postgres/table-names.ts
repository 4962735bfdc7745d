import { OAuthError } from '../../errors/oauth-error.ts'

/** Bytes that Postgres keeps of a name; our longest suffix must fit behind the table's. */
const maxName = 63
const longestSuffix = '_claims_ends_at'
const name = /^[A-Za-z_][A-Za-z0-9_]*$/

export const defaultTable = 'latchkey_connections'

/** The names of what latchkey keeps in Postgres, quoted for SQL. */
export interface TableNames {
  readonly connections: string
  readonly claims: string
  readonly leases: string
  readonly syncs: string
  /** An index is named without its schema where it is made. */
  index(suffix: string): string
  /** The same with its schema, to look it up. */
  relation(suffix: string): string
}

/** Throws `config_invalid` unless `table` is `name` or `schema.name`, of letters, digits and `_`. */
export function tableNames(table: string): TableNames {
  const parts = String(table).split('.')
  const own = parts.at(-1) ?? ''
  const fits = own.length <= maxName - longestSuffix.length && parts.every((part) => part.length <= maxName)
  if (parts.length > 2 || !fits || !parts.every((part) => name.test(part)))
    throw new OAuthError({
      code: 'config_invalid',
      detail: 'options.table of postgresStore is not a usable name',
      hint:
        'Give a table as name or schema.name: letters, digits and underscores, not beginning with a digit, ' +
        `the name of at most ${maxName - longestSuffix.length} characters.`,
    })
  const schema = parts.length === 2 ? `"${parts[0]}".` : ''
  const relation = (suffix: string) => `${schema}"${own}${suffix}"`
  return {
    connections: relation(''),
    claims: relation('_claims'),
    leases: relation('_leases'),
    syncs: relation('_syncs'),
    index: (suffix) => `"${own}${suffix}"`,
    relation,
  }
}
