/** A stretch of time in ms since 1970: from `from`, up to and without `to`. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** Ranges that lie apart, in the order of time. */
export function mergeRanges(ranges: readonly Range[]): Range[] {
  const merged: Range[] = []
  for (const range of ranges.filter(({ from, to }) => from < to).sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1)
    if (last && range.from <= last.to)
      merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, range.to) }
    else merged.push(range)
  }
  return merged
}

/** What of `range` none of `taken` covers, in the order of time. */
export function subtractRanges(range: Range, taken: readonly Range[]): Range[] {
  const left: Range[] = []
  let { from } = range
  for (const each of mergeRanges(taken)) {
    if (each.to <= from || each.from >= range.to) continue
    if (each.from > from) left.push({ from, to: each.from })
    from = each.to
  }
  if (from < range.to) left.push({ from, to: range.to })
  return left
}

export function isSameRange(a: Range, b: Range): boolean {
  return a.from === b.from && a.to === b.to
}
