import type { Coordinator } from '../types.ts'
import type { AtomicAdapter } from './atomic-adapter.ts'
import { sharedCoordinator } from './in-process-coordinator.ts'
import { atomicPostgres } from './postgres/keyv-postgres.ts'
import { atomicRedis } from './redis/keyv-redis.ts'

/** An adapter that can be atomic across processes carries its coordinator under this symbol. */
export const adapterCoordinator = Symbol.for('latchkey.adapterCoordinator')

/** Tell the adapters of backends that can be atomic by their shape: they may come from another copy of their package. */
const recognisers: readonly ((adapter: object) => AtomicAdapter | undefined)[] = [atomicRedis, atomicPostgres]

/** One for all who use the same adapter, so that they line up for a lease instead of each asking for it. */
const atomicAdapters = new WeakMap<object, AtomicAdapter>()

let warned = false

/** What the backend of an adapter that latchkey knows can do atomically. */
export function atomicAdapter(adapter: object): AtomicAdapter | undefined {
  const known = atomicAdapters.get(adapter)
  if (known) return known
  for (const recognise of recognisers) {
    const found = recognise(adapter)
    if (!found) continue
    atomicAdapters.set(adapter, found)
    return found
  }
  return undefined
}

/**
 * The coordinator for what a Keyv stores in: the adapter's own where it has one, its backend's where that can be atomic,
 * else one of this process, shared by all who use the same adapter.
 */
export function coordinatorFor(adapter: object): Coordinator {
  const own: unknown = Reflect.get(adapter, adapterCoordinator)
  if (isCoordinator(own)) return own
  const atomic = atomicAdapter(adapter)
  if (atomic) return atomic.coordinator
  const coordinator = sharedCoordinator(adapter)
  // A Map ends with the process, so nobody else can be surprised.
  if (!(adapter instanceof Map)) warnOnce()
  return coordinator
}

function isCoordinator(value: unknown): value is Coordinator {
  return (
    typeof value === 'object' &&
    value !== null &&
    'claim' in value &&
    typeof value.claim === 'function' &&
    'withLease' in value &&
    typeof value.withLease === 'function'
  )
}

function warnOnce(): void {
  if (warned) return
  warned = true
  process.emitWarning(
    'This Keyv adapter has no atomic operations that latchkey knows, so callbacks, refreshes and writes are only ' +
      'coordinated within this process. With several processes a callback could be accepted twice, and two processes ' +
      'could refresh the same token at once, which ends the grant where refresh tokens rotate. Run one process, pass ' +
      'options.coordinator, or use a store with a coordinator of its own.',
    { type: 'LatchkeyWarning', code: 'LATCHKEY_IN_PROCESS_COORDINATION' },
  )
}
