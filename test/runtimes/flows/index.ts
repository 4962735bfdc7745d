import { answers } from './answers.ts'
import { backfill } from './backfill.ts'
import { definitions, withoutZod } from './definitions.ts'
import { life } from './life.ts'
import { simulate } from './simulate.ts'
import { storeFlows, suiteFlows, workerStoreFlows } from './stores.ts'
import { transport } from './transport.ts'
import type { Flows } from './world.ts'

/** What holds on a server and in a worker. */
const core: Flows = {
  transport,
  life: (world) => life(world),
  backfill: (world) => backfill(world),
  answers,
}
const unchecked: Flows = { 'definitions-unchecked': withoutZod }

export const serverFlows: Flows = { ...core, definitions, simulate, ...storeFlows, ...suiteFlows }
export const workerFlows: Flows = { ...core, ...unchecked, ...workerStoreFlows }
/** In a worker with a date before which Node's modules for files and sockets were not there. */
export const oldWorkerFlows: Flows = { ...core, ...unchecked }
