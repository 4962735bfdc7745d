import { destroyStore, openStore, type StoreSpec } from '../support/store-spec.ts'
import type { Manner } from './definitions.ts'
import { familyOf, startSimulated } from './simulated.ts'
import { startWorker, type Worker } from './worker-process.ts'

export const hour = 3_600_000

export interface SettingOptions {
  readonly store: StoreSpec
  readonly manner: Manner
  readonly workers: number
  /** ms; default long. */
  readonly timeout?: number
  readonly leaseMs?: number
  /** Straight to the provider, by the library's own transport: nothing is spoilt on the way. */
  readonly direct?: boolean
  /** Whether the store outlives the test, because its whole server goes. */
  readonly keepStore?: boolean
}

/** One connection in a store, its provider, and processes that share it. */
export async function startSetting(options: SettingOptions) {
  const { store, manner } = options
  let offset = 0
  const workers: Worker[] = []
  const clock = () => Date.now() + offset
  const simulated = await startSimulated(manner, {
    clock,
    kill: async (name) => workers.find((worker) => worker.name === name)?.kill(),
  })
  const opened = await openStore(store)
  const client = simulated.client({ store: opened.store })
  const first = await simulated.connect(client, 't1')
  const start = (index: number) =>
    startWorker({
      name: `w${index}`,
      store,
      definitions: [options.direct ? simulated.direct : simulated.wired],
      timeout: options.timeout ?? 15_000,
      offset,
      ...(options.leaseMs !== undefined && { leaseMs: options.leaseMs }),
      wired: !options.direct,
    })
  workers.push(
    ...(await Promise.all(Array.from({ length: options.workers }, (_none, index) => start(index)))),
  )
  return {
    simulated,
    client,
    workers,
    store: opened.store,
    whom: { provider: manner, tenantId: 't1' },
    /** Everybody's clock moves on, past every token's end. */
    async expire() {
      offset += 2 * hour
      await Promise.all(workers.map((worker) => worker.call({ do: 'clock', offset })))
    },
    /** Every token that the provider has issued for the connection. */
    issued() {
      const { rotations } = simulated.wire
      const { refreshTokens } = familyOf(simulated, first)
      const own = rotations.filter(({ presented }) => refreshTokens.has(presented))
      return {
        accessTokens: [first.accessToken, ...own.map(({ accessToken }) => accessToken)],
        refreshTokens: [...refreshTokens],
      }
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.kill()))
      await opened.close()
      await simulated.close()
      if (!options.keepStore) await destroyStore(store)
    },
  }
}

export type Setting = Awaited<ReturnType<typeof startSetting>>
