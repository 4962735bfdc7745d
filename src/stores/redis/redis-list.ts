import type { ConnectionFilter, ConnectionStatus } from '../../types.ts'
import { connectionKeyPrefix, decodeConnectionKey } from '../connection-key.ts'
import { asTexts, type RedisCommands } from './redis-commands.ts'
import { idOfMember, type Shard, statusMark, timeMark } from './redis-layout.ts'

const pageSize = 200

/** A part of an index, in the words of ZRANGEBYLEX. */
interface Range {
  readonly index: 'ids' | 'expiry' | 'refreshed'
  readonly from: string
  readonly to: string
}

/**
 * The stored texts that the filter may match, by the index that holds the fewest of them. No record comes twice, even
 * where it moves in its index meanwhile; for that, the ids of one shard are remembered at a time.
 */
export async function* readRanges(
  commands: RedisCommands,
  shards: readonly Shard[],
  filter: ConnectionFilter,
): AsyncGenerator<string, void> {
  const ranges = rangesOf(filter)
  const isWanted = idFilter(filter)
  for (const shard of shards) {
    const seen = new Set<string>()
    for (const range of ranges)
      for await (const members of lexPages(commands, shard[range.index], range.from, range.to)) {
        const ids = range.index === 'ids' ? members : members.map(idOfMember)
        const fresh = ids.filter((id) => isWanted(id) && !seen.has(id))
        // Only a time can change, and with it the place in the index.
        if (range.index !== 'ids') for (const id of fresh) seen.add(id)
        yield* textsOf(
          commands,
          fresh.map((id) => shard.record(id)),
        )
      }
  }
}

function rangesOf(filter: ConnectionFilter): readonly Range[] {
  const { provider, tenantId, status, expiresBefore, refreshedBefore } = filter
  const isNarrow = provider !== undefined && tenantId !== undefined
  const before = expiresBefore ?? refreshedBefore
  if (before && !isNarrow) {
    const statuses: readonly ConnectionStatus[] = status ? [status] : ['active', 'reconnect_required']
    const index = expiresBefore ? 'expiry' : 'refreshed'
    return statuses.map((each) => ({ index, from: `[${statusMark(each)}`, to: `(${timeMark(each, before)}` }))
  }
  const prefix = connectionKeyPrefix(filter)
  // "}" is escaped in ids and follows "|", with which a prefix ends.
  return [
    prefix === ''
      ? { index: 'ids', from: '-', to: '+' }
      : { index: 'ids', from: `[${prefix}`, to: `(${prefix.slice(0, -1)}}` },
  ]
}

/** What the id alone says, so that the records of other clients are not fetched. */
function idFilter({ provider, tenantId }: ConnectionFilter): (id: string) => boolean {
  if (provider === undefined && tenantId === undefined) return () => true
  return (id) => {
    const key = decodeConnectionKey(id)
    return (
      (provider === undefined || key.provider === provider) &&
      (tenantId === undefined || key.tenantId === tenantId)
    )
  }
}

/** The members of an index in which every score is 0. */
export async function* lexPages(
  commands: RedisCommands,
  index: string,
  start: string,
  end: string,
): AsyncGenerator<readonly string[], void> {
  let from = start
  while (true) {
    const page = ['zrangebylex', index, from, end, 'LIMIT', '0', String(pageSize)]
    const members = asTexts(await commands.read(index, page)).filter((member) => member !== undefined)
    if (members.length > 0) yield members
    const last = members.at(-1)
    if (last === undefined || members.length < pageSize) return
    from = `(${last}`
  }
}

/** What is under these keys of one shard. */
export async function* textsOf(
  commands: RedisCommands,
  keys: readonly string[],
): AsyncGenerator<string, void> {
  const [first, ...rest] = keys
  if (first === undefined) return
  // Removed since the page was read.
  for (const text of asTexts(await commands.read(first, ['mget', first, ...rest])))
    if (text !== undefined) yield text
}
