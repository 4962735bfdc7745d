import type { StoredConnection, TokenStore } from '../../src/types.ts'
import { type Data, keyOf, storeOn } from './conformance-models.ts'

const never = new Promise<never>(() => undefined)

/** Defects that are in more than one choice. */
export const otherwiseWrongStores: readonly (readonly [
  words: string,
  open: (data: Data) => TokenStore,
  found: string,
])[] = [
  [
    'throws instead of rejecting',
    (data) => {
      const right = storeOn(data)
      return {
        ...right,
        load(key) {
          if (key.tenantId === '') throw new Error('no tenant')
          return right.load(key)
        },
      }
    },
    'rejects rather than throws',
  ],
  [
    'throws where list is called',
    (data) => {
      const right = storeOn(data)
      return {
        ...right,
        list(filter) {
          if (filter.tenantId === '') throw new Error('no tenant')
          return right.list(filter)
        },
      }
    },
    'rejects rather than throws',
  ],
  [
    'reads from a replica that lags',
    (data) => {
      const right = storeOn(data)
      const seen = new Map<string, StoredConnection>()
      return {
        ...right,
        async load(key) {
          const cached = seen.get(keyOf(key))
          const found = await right.load(key)
          if (found) seen.set(keyOf(key), found)
          return cached ?? found
        },
        async save(record, options) {
          const isSaved = await right.save(record, options)
          if (isSaved) seen.set(keyOf(record), structuredClone(record))
          return isSaved
        },
      }
    },
    'shows a save to the very next load, from any handle',
  ],
  [
    'lists nothing without its backend',
    (data) => {
      const right = storeOn(data)
      return {
        ...right,
        async *list(filter) {
          if (!data.isDown) yield* right.list(filter)
        },
      }
    },
    'never answers undefined when it is cut off from its data',
  ],
  [
    'cannot remove what it cannot read',
    (data) => {
      const right = storeOn(data)
      return {
        ...right,
        async remove(key, options) {
          return (await right.load(key)) !== undefined && right.remove(key, options)
        },
      }
    },
    'removes a broken record',
  ],
  [
    'keeps a connection of its pool when a reader stops',
    (data) => {
      const right = storeOn(data)
      let free = 10
      return {
        ...right,
        async *list(filter) {
          if (free === 0) await never
          free -= 1
          yield* right.list(filter)
          free += 1
        },
      }
    },
    'lets many readers stop early',
  ],
  [
    'keeps a connection of its pool while a list is open',
    (data) => {
      const right = storeOn(data)
      let free = 10
      return {
        ...right,
        async *list(filter) {
          if (free === 0) await never
          free -= 1
          try {
            yield* right.list(filter)
          } finally {
            free += 1
          }
        },
      }
    },
    'lets several readers go on side by side',
  ],
]
