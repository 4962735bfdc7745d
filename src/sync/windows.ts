import { OAuthError } from '../errors/oauth-error.ts'
import type { ConnectionKey } from '../types.ts'
import { mergeRanges, type Range } from './ranges.ts'
import type { SyncRange, SyncWindows } from './types.ts'

const day = 86_400_000
/** A backfill of years in hours would fill a document that is written at every checkpoint. */
const mostWindows = 2_000

/**
 * A range in windows, the newest first. Whole windows begin at its end, so that the rest, which is shorter, is the oldest.
 * Throws `config_invalid` for a cut that leaves the range, overlaps, or has more than 2,000 windows.
 */
export function cutRange(range: Range, windows: SyncWindows, whose: ConnectionKey): Range[] {
  if (range.from >= range.to) return []
  if (windows === 'whole') return [{ ...range }]
  if (typeof windows === 'function') return ownCut(range, windows, whose)
  const { days } = windows
  if (!(Number.isFinite(days) && days > 0)) throw wrong('windows.days must be a number of days above 0')
  const length = Math.max(1, Math.round(days * day))
  if ((range.to - range.from) / length > mostWindows) throw wrong(`more than ${mostWindows} windows`)
  const cut: Range[] = []
  for (let { to } = range; to > range.from; to -= length)
    cut.push({ from: Math.max(range.from, to - length), to })
  return cut
}

function ownCut(
  range: Range,
  windows: Extract<SyncWindows, (range: SyncRange) => unknown>,
  whose: ConnectionKey,
): Range[] {
  const given = windows({ ...whose, from: new Date(range.from), to: new Date(range.to) })
  const cut = given.map(({ from, to }) => ({ from: from.getTime(), to: to.getTime() }))
  if (cut.length > mostWindows) throw wrong(`more than ${mostWindows} windows`)
  for (const { from, to } of cut)
    if (!(from < to && from >= range.from && to <= range.to))
      throw wrong('the function windows() must return windows inside the range it is given')
  const together = mergeRanges(cut).reduce((sum, { from, to }) => sum + to - from, 0)
  if (together < cut.reduce((sum, { from, to }) => sum + to - from, 0))
    throw wrong('the windows that windows() returns must not overlap')
  return cut.sort((a, b) => b.from - a.from)
}

function wrong(detail: string): OAuthError {
  return new OAuthError({
    code: 'config_invalid',
    detail: `createHistoricalSync: ${detail}`,
    hint: "windows is { days: 7 }, 'whole', or a function from a range to its windows.",
  })
}
