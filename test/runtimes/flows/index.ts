import { answers } from './answers.ts'
import { backfill } from './backfill.ts'
import { definitions } from './definitions.ts'
import { life } from './life.ts'
import { simulate } from './simulate.ts'
import { storeFlows, workerStoreFlows } from './stores.ts'
import { transport } from './transport.ts'
import type { Flows } from './world.ts'

/** What holds on a server and in a worker. */
const everywhere: Flows = {
  transport,
  definitions,
  life: (world) => life(world),
  backfill: (world) => backfill(world),
  answers,
}

export const serverFlows: Flows = { ...everywhere, simulate, ...storeFlows }
export const workerFlows: Flows = { ...everywhere, ...workerStoreFlows }
