import { inProcessCoordinator } from '../../src/stores/in-process-coordinator.ts'
import { memoryStore } from '../../src/stores/memory-store.ts'
import type { Coordinator, TokenStore } from '../../src/types.ts'

/** A store whose writes a test can break, before they take effect or after. Another process sees `inner`. */
export function breakable(coordinator: Coordinator = inProcessCoordinator()) {
  const inner = memoryStore()
  const state: { down: false | 'before' | 'after' } = { down: false }
  const store: TokenStore = {
    ...inner,
    coordinator,
    async save(record, options) {
      if (state.down === 'before') throw new Error('connection refused')
      const saved = await inner.save(record, options)
      if (state.down === 'after') throw new Error('connection reset')
      return saved
    },
  }
  return { store, inner, state, coordinator }
}
