import pg from 'pg'
import { postgresUrl } from '../../support/servers.ts'
import type { Block, Page } from './page.ts'

/** Runs the SQL of a block, and what it stands on, in an empty schema, and takes everything back. */
export async function runSql({ blocks }: Page, block: Block): Promise<void> {
  const client = new pg.Client({ connectionString: postgresUrl })
  await client.connect()
  try {
    await client.query('BEGIN')
    await client.query('CREATE SCHEMA code_block')
    await client.query('SET LOCAL search_path TO code_block')
    for (const each of before(blocks, block)) {
      await client.query(each.markers.get('given') ?? '')
      await client.query(each.code)
    }
  } finally {
    await client.query('ROLLBACK').finally(() => client.end())
  }
}

/** The blocks that one continues, the first of them first, and itself. */
function before(blocks: readonly Block[], block: Block): Block[] {
  if (!block.markers.has('continues')) return [block]
  const earlier = blocks.filter(({ language, line }) => language === 'sql' && line < block.line).at(-1)
  if (!earlier) throw new Error(`${block.page}:${block.line}: continues nothing`)
  return [...before(blocks, earlier), block]
}
