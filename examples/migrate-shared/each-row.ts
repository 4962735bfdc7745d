import pg from 'pg'

const pageSize = 500

/**
 * The rows of a query as of one moment, in bounded memory. `timeZone`: what times without a zone are in; with a cast to
 * `timestamptz` they become instants, where the driver alone would take them for this machine's local time.
 */
export async function* eachRow<Row extends pg.QueryResultRow>(
  connectionString: string,
  query: string,
  timeZone = 'UTC',
): AsyncGenerator<Row> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    await client.query(`SELECT set_config('TimeZone', $1, true)`, [timeZone])
    await client.query(`DECLARE old_rows NO SCROLL CURSOR FOR ${query}`)
    for (let isMore = true; isMore; ) {
      const { rows } = await client.query<Row>(`FETCH ${pageSize} FROM old_rows`)
      yield* rows
      isMore = rows.length === pageSize
    }
    await client.query('COMMIT')
  } finally {
    await client.end()
  }
}

/** Rows that follow each other with the same key, as lists. */
export async function* groupedBy<Row>(
  rows: AsyncIterable<Row>,
  keyOf: (row: Row) => string,
): AsyncGenerator<Row[]> {
  let group: Row[] = []
  for await (const row of rows) {
    if (group[0] !== undefined && keyOf(group[0]) !== keyOf(row)) {
      yield group
      group = []
    }
    group.push(row)
  }
  if (group.length > 0) yield group
}
