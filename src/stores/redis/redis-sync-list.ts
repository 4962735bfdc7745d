import { storeFailed } from '../store-failure.ts'
import { asTexts, type RedisCommands, redisScript } from './redis-commands.ts'
import { type Shard, shardOf } from './redis-layout.ts'
import { lexPages, textsOf } from './redis-list.ts'

const pageSize = 200

/** What an index is asked for. */
export interface SyncRange {
  readonly dueBefore: number | undefined
  /** As it is written in the index. */
  readonly tenant: string | undefined
}

/** The stored texts that a filter may match, with `dueBefore` in the order of time over all shards. */
export async function* readSyncs(
  commands: RedisCommands,
  shards: readonly Shard[],
  { dueBefore, tenant }: SyncRange,
): AsyncGenerator<string, void> {
  if (dueBefore !== undefined) return yield* readDue(commands, shards, dueBefore)
  for (const shard of shards) {
    const { syncs } = shard
    // "}" follows "|" in the order of bytes.
    const pages =
      tenant === undefined
        ? lexPages(commands, syncs.ids, '-', '+')
        : lexPages(commands, syncs.tenants, `[${tenant}|`, `(${tenant}}`)
    for await (const members of pages) {
      const ids = members.map((member) => member.slice(member.indexOf('|') + 1))
      yield* textsOf(
        commands,
        ids.map((id) => syncs.document(id)),
      )
    }
  }
}

interface Due {
  readonly id: string
  readonly dueAt: number
}

async function* readDue(
  commands: RedisCommands,
  shards: readonly Shard[],
  dueBefore: number,
): AsyncGenerator<string, void> {
  const heads = await Promise.all(shards.map((shard) => startDue(commands, shard.syncs.due, dueBefore)))
  let batch: Due[] = []
  while (true) {
    const [first] = heads
      .filter((head) => head.current !== undefined)
      .sort((a, b) => (a.current?.dueAt ?? 0) - (b.current?.dueAt ?? 0))
    if (first?.current) {
      batch.push(first.current)
      await first.advance()
    }
    if (batch.length === pageSize || !first) {
      yield* await documentsOf(commands, shards, batch)
      batch = []
    }
    if (!first) return
  }
}

/** The texts in the order of `batch`, each shard asked once. */
async function documentsOf(
  commands: RedisCommands,
  shards: readonly Shard[],
  batch: readonly Due[],
): Promise<readonly string[]> {
  const byShard = new Map<Shard, string[]>()
  for (const { id } of batch) {
    const shard = shardOf(shards, id)
    byShard.set(shard, [...(byShard.get(shard) ?? []), id])
  }
  const texts = new Map<string, string>()
  await Promise.all(
    [...byShard].map(async ([{ syncs }, ids]) => {
      const keys = ids.map((id) => syncs.document(id))
      const [key = ''] = keys
      const found = asTexts(await commands.read(key, ['mget', ...keys]))
      for (const [index, id] of ids.entries()) {
        const text = found[index]
        // Removed since the page was read.
        if (text !== undefined) texts.set(id, text)
      }
    }),
  )
  return batch.flatMap(({ id }) => texts.get(id) ?? [])
}

/** Through a script, whose answers are flat lists of texts, whatever protocol the application's client speaks. */
const page = redisScript(
  `return redis.call('zrangebyscore', KEYS[1], ARGV[1], ARGV[2], 'WITHSCORES', 'LIMIT', '0', ARGV[3])`,
)

interface Head {
  readonly current: Due | undefined
  advance(): Promise<void>
}

/** The index of one shard, read page by page. */
async function startDue(commands: RedisCommands, index: string, dueBefore: number): Promise<Head> {
  const rows = pagesOfDue(commands, index, dueBefore)
  let current = (await rows.next()).value
  return {
    get current() {
      return current ?? undefined
    },
    async advance() {
      current = (await rows.next()).value
    },
  }
}

/**
 * A page begins at the time with which the one before ended, so that what has the same time is not passed over when
 * others leave; it is as much longer as there was of that, so that it brings something new.
 */
async function* pagesOfDue(
  commands: RedisCommands,
  index: string,
  dueBefore: number,
): AsyncGenerator<Due, void> {
  let from = 0
  let seen = new Set<string>()
  while (true) {
    const limit = 2 * seen.size + pageSize
    const rows = pairs(
      asTexts(await commands.run(page, [index], [String(from), `(${dueBefore}`, String(limit)])),
    )
    for (const row of rows) if (!seen.has(row.id)) yield row
    const last = rows.at(-1)
    if (!last || rows.length < limit) return
    const before = last.dueAt === from ? seen : new Set<string>()
    from = last.dueAt
    seen = new Set([...before, ...rows.filter(({ dueAt }) => dueAt === from).map(({ id }) => id)])
  }
}

function pairs(texts: readonly (string | undefined)[]): readonly Due[] {
  return texts.flatMap((id, place) => {
    if (place % 2 === 1) return []
    const dueAt = Number(texts[place + 1])
    if (id === undefined || Number.isNaN(dueAt)) throw storeFailed('Redis answered with no list of times')
    return [{ id, dueAt }]
  })
}
