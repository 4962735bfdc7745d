import type { Coordinator } from '../types.ts'
import { sharedCoordinator } from './in-process-coordinator.ts'

/** An adapter that can be atomic across processes carries its coordinator under this symbol. */
export const adapterCoordinator = Symbol.for('latchkey.adapterCoordinator')

let warned = false

/**
 * The coordinator for what a Keyv stores in: the adapter's own where it has one, else one of this process, shared by
 * all who use the same adapter. This is the one place that knows adapters; real claims and leases for the Redis and
 * Postgres adapters belong here.
 */
export function coordinatorFor(adapter: object): Coordinator {
  const own: unknown = Reflect.get(adapter, adapterCoordinator)
  if (isCoordinator(own)) return own
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
