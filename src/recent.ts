/** What is used again and again, by name. */
export interface Recent<T> {
  get(name: string): T | undefined
  /** Puts the value in the place of an older one; where there is none, keeps one in eight that are offered, by chance. */
  offer(name: string, value: T): void
  delete(name: string): void
}

/** So a walk that passes very many once leaves little behind, and what is used often is soon kept. */
const share = 1 / 8

/**
 * Keeps at least the `least` entries that were used last, and at most twice as many: two generations, of which the older
 * goes as a whole. Taking out one old entry at a time would cost more than what is kept here saves.
 */
export function recent<T>(least: number): Recent<T> {
  let young = new Map<string, T>()
  let old = new Map<string, T>()

  function set(name: string, value: T): void {
    if (young.size >= least && !young.has(name)) {
      old = young
      young = new Map()
    }
    young.set(name, value)
  }

  return {
    get(name) {
      const found = young.get(name)
      if (found !== undefined) return found
      const aged = old.get(name)
      if (aged !== undefined) set(name, aged)
      return aged
    },
    offer(name, value) {
      if (young.has(name) || old.has(name) || Math.random() < share) set(name, value)
    },
    delete(name) {
      young.delete(name)
      old.delete(name)
    },
  }
}
