/** ms after which somebody looks again where every place is taken, or the run is another worker's. */
const lookAgain = 1_000
/** ms between two that come again, where there are many: the more are put off, the later each, a minute at most. */
export const apart = 20
export const longestPutOff = 60_000

/**
 * Says of each run that cannot be worked on now how many ms it is put off, and not less than `least`. Thousands may wait
 * for a few places: were each to ask once a second, the queue and the store would do nothing else.
 */
export function createPutOff(): (least?: number) => number {
  let last = Number.NEGATIVE_INFINITY
  return (least = lookAgain) => {
    const now = performance.now()
    last = Math.min(Math.max(last + apart, now), now + longestPutOff)
    return Math.max(least, last - now)
  }
}
