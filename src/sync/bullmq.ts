/**
 * Historical syncs on BullMQ.
 *
 * @module latchkey/sync/bullmq
 */
import {
  type ConnectionOptions,
  DelayedError,
  type JobsOptions,
  Queue,
  Worker,
  type WorkerOptions,
} from 'bullmq'
import { storeDeadline } from '../stores/deadline.ts'
import type { SyncQueue } from './queue.ts'

/** Where the queue is, and how its workers behave. */
export interface BullmqQueueOptions {
  /** Where Redis is, or a connection of your own: BullMQ's `connection`, for its `Queue` and its `Worker`. */
  readonly connection: ConnectionOptions
  /** Default `latchkey-sync`. */
  readonly name?: string | undefined
  /** What BullMQ's keys begin with; default `bull`. */
  readonly prefix?: string | undefined
  /** Of each worker; `lockDuration` and `stalledInterval` (ms) say how soon a dead worker's messages move on. */
  readonly worker?:
    | Pick<WorkerOptions, 'lockDuration' | 'stalledInterval' | 'metrics' | 'telemetry'>
    | undefined
}

/**
 * Messages are kept by the engine's own checkpoints, so none stays behind. A store that is down is asked again some times;
 * after that, `recover` finds the run.
 */
const everyMessage: JobsOptions = {
  removeOnComplete: true,
  removeOnFail: true,
  attempts: 5,
  backoff: { type: 'exponential', delay: 1_000 },
}

interface Message {
  readonly id: string
}

/**
 * The runs of a historical sync on BullMQ 5 or 6: `createHistoricalSync({ queue: bullmqQueue({ connection }) })`. Opened at the
 * first message; `sync.close()` closes it. See https://docs.bullmq.io.
 */
export function bullmqQueue(options: BullmqQueueOptions): SyncQueue {
  const { connection, name = 'latchkey-sync', prefix } = options
  const base = { connection, ...(prefix !== undefined && { prefix }) }
  let queue: Queue<Message> | undefined
  let closed = false
  const listeners = new Set<(error: unknown) => void>()
  const tell = (error: unknown) => {
    for (const failed of listeners) failed(error)
  }

  function open(): Queue<Message> {
    if (closed) throw new Error('the queue of historical syncs has been closed')
    if (queue) return queue
    queue = new Queue<Message>(name, base)
    // Without a listener it would end the process; what was being added rejects by itself.
    queue.on('error', tell)
    return queue
  }

  return {
    async add(id, { delay, recovered }) {
      const wait = Math.ceil(delay)
      // While a message with this id is there, BullMQ takes no second one.
      const once = recovered ? { jobId: `recovered-${id}` } : {}
      await open().add('run', { id }, { ...everyMessage, ...(wait > 0 && { delay: wait }), ...once })
    },
    async work(process, { concurrency, failed }) {
      listeners.add(failed)
      const underWay = new Set<Promise<unknown>>()
      const worker = new Worker<Message>(
        name,
        async (job, token) => {
          const work = process(job.data.id)
          const ended: Promise<unknown> = Promise.allSettled([work]).then(() => underWay.delete(ended))
          underWay.add(ended)
          const again = await work
          if (again === undefined) return
          await job.moveToDelayed(Date.now() + Math.ceil(again), token)
          // How BullMQ is told that the message has been moved, and is not done.
          throw new DelayedError()
        },
        // A run that ends its process every time is the engine's to count.
        { ...base, maxStalledCount: 100, ...options.worker, concurrency },
      )
      worker.on('error', failed)
      return {
        async close() {
          const closing = worker.close()
          await Promise.all(underWay)
          await soon(closing)
          listeners.delete(failed)
        },
      }
    },
    async close() {
      closed = true
      if (queue) await soon(queue.close())
    },
  }
}

/** BullMQ waits without end for a Redis that is down. What has not closed by then ends with the process. */
function soon(closing: Promise<void>): Promise<void> {
  return Promise.race([
    closing.catch(() => undefined),
    new Promise<void>((resolve) => {
      setTimeout(resolve, storeDeadline).unref()
    }),
  ])
}
