/** The same numbers for the same seed (mulberry32), on any machine and in any version of Node. */
export function createRandom(seed: number) {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  /** A whole number from `from` to `to`, both included. */
  const whole = (from: number, to: number) => from + Math.floor(next() * (to - from + 1))
  return {
    whole,
    chance: (probability: number) => next() < probability,
    pick<const T>(values: readonly [T, ...T[]]): T {
      return values[whole(0, values.length - 1)] ?? values[0]
    },
  }
}

export type Random = ReturnType<typeof createRandom>
