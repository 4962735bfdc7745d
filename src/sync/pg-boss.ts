/**
 * Historical syncs on pg-boss.
 *
 * @module latchkey/sync/pg-boss
 */
import type { SyncQueue } from './queue.ts'

/** What is used of a `PgBoss` of pg-boss 10 to 12. */
export interface PgBossLike {
  /** As pg-boss has it. */
  createQueue(name: string): Promise<unknown>
  /** As pg-boss has it. */
  send(name: string, data: object, options: PgBossSendOptions): Promise<unknown>
  /** As pg-boss has it. */
  fetch(name: string, options: { readonly batchSize: number }): Promise<unknown>
  /** As pg-boss has it. */
  complete(name: string, id: string): Promise<unknown>
  /** As pg-boss has it. */
  fail(name: string, id: string): Promise<unknown>
}

/** What is asked of pg-boss with a message, by its own names; times in seconds. */
export interface PgBossSendOptions {
  startAfter?: Date
  singletonKey?: string
  singletonSeconds?: number
  retryLimit: number
  retryDelay: number
  retryBackoff: boolean
  expireInSeconds: number
}

/** Which pg-boss, and which of its queues. */
export interface PgBossQueueOptions {
  /** Your own, started. It stays yours to stop. */
  readonly boss: PgBossLike
  /** Default `latchkey-sync`. */
  readonly name?: string | undefined
  /** ms between two looks for messages while there are none; default 1 000. */
  readonly pollEvery?: number | undefined
}

/** s: a run that may have got lost is not sent again within this time. */
const recoverOnce = 60
/** A store that is down is asked again some times; after that, `recover` finds the run. */
const everyMessage = {
  retryLimit: 5,
  retryDelay: 1,
  retryBackoff: true,
  // A backfill takes as long as it takes: a worker that died is found by the engine's lease. pg-boss takes less than a day.
  expireInSeconds: 23 * 3_600,
}

interface Message {
  readonly messageId: string
  readonly id: string
}

/**
 * The runs of a historical sync on pg-boss 10 (Node 20) or newer: `createHistoricalSync({ queue: pgBossQueue({ boss }) })`. It makes
 * its queue at the first use. See https://timgit.github.io/pg-boss.
 */
export function pgBossQueue({
  boss,
  name = 'latchkey-sync',
  pollEvery = 1_000,
}: PgBossQueueOptions): SyncQueue {
  let made: Promise<unknown> | undefined
  async function queueMade(): Promise<void> {
    made ??= boss.createQueue(name)
    try {
      await made
    } catch (error) {
      made = undefined
      throw error
    }
  }

  async function send(id: string, delay: number, recovered = false): Promise<void> {
    await boss.send(
      name,
      { id },
      {
        ...everyMessage,
        ...(delay > 0 && { startAfter: new Date(Date.now() + delay) }),
        ...(recovered && { singletonKey: id, singletonSeconds: recoverOnce }),
      },
    )
  }

  return {
    async add(id, { delay, recovered }) {
      await queueMade()
      await send(id, delay, recovered)
    },
    async work(process, { concurrency, failed }) {
      await queueMade()
      let closed = false
      let wake: () => void = () => undefined
      const underWay = new Set<Promise<void>>()

      async function handle({ messageId, id }: Message): Promise<void> {
        let again: number | undefined
        try {
          again = await process(id)
        } catch {
          // Told by whoever threw it.
          await boss.fail(name, messageId).catch(failed)
          return
        }
        try {
          // Before this one is done with: should the process end in between, the run comes once too often, not never.
          if (again !== undefined) await send(id, again)
          await boss.complete(name, messageId)
        } catch (error) {
          failed(error)
          await boss.fail(name, messageId).catch(failed)
        }
      }

      async function loop(): Promise<void> {
        while (!closed) {
          const room = concurrency - underWay.size
          const messages = room > 0 ? await fetchMessages(room) : []
          for (const message of messages) {
            const job = handle(message).finally(() => {
              underWay.delete(job)
              wake()
            })
            underWay.add(job)
          }
          // A full load means that there may be more.
          if (closed || (messages.length === room && underWay.size < concurrency)) continue
          await new Promise<void>((resolve) => {
            // Spread: of two workers in step, the one that always asks first would have every message.
            const timer = setTimeout(resolve, pollEvery * (0.5 + Math.random()))
            wake = () => {
              clearTimeout(timer)
              resolve()
            }
          })
        }
      }

      async function fetchMessages(batchSize: number): Promise<readonly Message[]> {
        try {
          return readMessages(await boss.fetch(name, { batchSize }))
        } catch (error) {
          failed(error)
          return []
        }
      }

      const looping = loop()
      return {
        async close() {
          closed = true
          wake()
          await looping
          await Promise.all(underWay)
        },
      }
    },
  }
}

function readMessages(fetched: unknown): Message[] {
  if (!Array.isArray(fetched)) return []
  return fetched.flatMap((job: unknown) => {
    if (typeof job !== 'object' || job === null || !('id' in job) || !('data' in job)) return []
    const { id: messageId, data } = job
    const id: unknown = typeof data === 'object' && data !== null ? Reflect.get(data, 'id') : undefined
    return typeof messageId === 'string' && typeof id === 'string' ? [{ messageId, id }] : []
  })
}
