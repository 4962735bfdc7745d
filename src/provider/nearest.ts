/** The word that was probably meant: the same but for capitals and separators, or a few letters away. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (word.length > 60) return undefined
  const plain = fold(word)
  const same = known.find((each) => fold(each) === plain)
  if (same !== undefined) return same
  const most = Math.max(1, Math.floor(plain.length / 3))
  const [best] = known
    .map((each) => ({ each, distance: distance(plain, fold(each)) }))
    .filter((one) => one.distance <= most)
    .sort((a, b) => a.distance - b.distance)
  return best?.each
}

function fold(word: string): string {
  return word.toLowerCase().replace(/[_\s.-]/g, '')
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function distance(a: string, b: string): number {
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let least = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + cost)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (before[j - 2] ?? 0) + 1)
      row.push(least)
    }
    before = above
    above = row
  }
  return above[b.length] ?? 0
}
