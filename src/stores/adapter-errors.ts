/** A stretch of time in which an adapter is watched. */
export interface ErrorWatch {
  sawError(): boolean
  end(): void
}

interface Watched {
  active: number
  errors: number
  /** Both, or neither: without a way to take it off again, a listener would pile up at every operation. */
  readonly listen?: () => void
  readonly leave?: () => void
}

const watched = new WeakMap<object, Watched>()

/**
 * Some adapters (@keyv/redis 5, unless told otherwise) swallow a backend's error: they emit 'error' and answer
 * `undefined`, as for a key that is not there. So we listen while an operation of ours is under way, with one
 * listener an adapter, and take it off afterwards.
 */
export function watchErrors(adapter: object): { begin(): ErrorWatch } {
  const state = watched.get(adapter) ?? newState(adapter)
  return {
    begin() {
      if (state.active === 0) state.listen?.()
      state.active += 1
      const before = state.errors
      let ended = false
      return {
        sawError: () => state.errors !== before,
        end() {
          if (ended) return
          ended = true
          state.active -= 1
          if (state.active === 0) state.leave?.()
        },
      }
    },
  }
}

function newState(adapter: object): Watched {
  const listener = () => {
    state.errors += 1
  }
  const caller = (names: readonly string[]) => {
    for (const name of names) {
      const method: unknown = Reflect.get(adapter, name)
      if (typeof method === 'function') return () => Reflect.apply(method, adapter, ['error', listener])
    }
    return undefined
  }
  const [listen, leave] = [caller(['on']), caller(['off', 'removeListener'])]
  const state: Watched = { active: 0, errors: 0, ...(listen && leave && { listen, leave }) }
  watched.set(adapter, state)
  return state
}
