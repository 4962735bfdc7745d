import { randomInt } from 'node:crypto'
import { storeFailed } from '../stores/store-failure.ts'
import type { SyncFilter, SyncStore } from '../types.ts'
import { type Ledger, readLedger, writeLedger } from './ledger.ts'

/** A ledger as it was read, to be written back on condition. */
export interface HeldLedger {
  readonly ledger: Ledger
  readonly version: number
}

export interface Ledgers {
  load(id: string): Promise<HeldLedger | undefined>
  /** `undefined`: somebody else has written since `held` was read. Without `held` it must not exist yet. */
  save(id: string, held: HeldLedger | undefined, ledger: Ledger): Promise<HeldLedger | undefined>
  /**
   * Writes what `change` makes of the ledger as it stands, however often somebody else gets there first. Where it makes
   * nothing of it, or the same object, nothing is written.
   */
  update(id: string, change: (ledger: Ledger | undefined) => Ledger | undefined): Promise<Ledger | undefined>
  list(filter: SyncFilter): AsyncIterable<HeldLedger>
}

/** Writers that meet at one connection: a worker, a page, a reconnect. More than this is no meeting any more. */
const mostTries = 50

/**
 * Another one each time: a worker that still holds a ledger which has been forgotten and begun anew must not meet the
 * version that it knows.
 */
function firstVersion(): number {
  return randomInt(1, 2 ** 40)
}

export function createLedgers(store: SyncStore): Ledgers {
  const load: Ledgers['load'] = async (id) => {
    const document = await store.load(id)
    return document && { ledger: await readLedger(document), version: document.version }
  }
  const save: Ledgers['save'] = async (id, held, ledger) => {
    const version = held ? held.version + 1 : firstVersion()
    const document = writeLedger(id, ledger, version)
    const saved = await store.save(document, { expectedVersion: held?.version ?? null })
    return saved ? { ledger, version } : undefined
  }
  return {
    load,
    save,
    async update(id, change) {
      for (let tries = 0; tries < mostTries; tries++) {
        const held = await load(id)
        const next = change(held?.ledger)
        if (next === undefined || next === held?.ledger) return held?.ledger
        if (await save(id, held, next)) return next
      }
      throw storeFailed(`a historical sync was changed by others ${mostTries} times in a row`)
    },
    async *list(filter) {
      let damaged: { readonly error: unknown } | undefined
      for await (const document of store.list(filter)) {
        try {
          yield { ledger: await readLedger(document), version: document.version }
        } catch (error) {
          damaged ??= { error }
        }
      }
      // One that cannot be read keeps nobody from the others, nor is it passed over in silence.
      if (damaged) throw damaged.error
    },
  }
}
