import type { SyncQueue } from '../../src/sync/queue.ts'

/** How runs reach workers in a test: `store` is the engine's own way. */
export type QueueKind = 'store' | 'bullmq' | 'pg-boss'

export interface OpenedQueue {
  readonly queue: SyncQueue | undefined
  close(): Promise<void>
}

// Not from test/support/servers.ts, which looks for the servers when it is imported: every worker would.
const redisUrl = () => process.env.REDIS_URL ?? 'redis://127.0.0.1:6379'
const postgresUrl = () => process.env.POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/test'

/** `name`: letters, digits and `_`. `supervise`: pg-boss looks after its tables in one process only. */
export async function openQueue(kind: QueueKind, name: string, supervise = false): Promise<OpenedQueue> {
  if (kind === 'store') return { queue: undefined, close: async () => undefined }
  if (kind === 'bullmq') {
    const { bullmqQueue } = await import('../../src/sync/bullmq.ts')
    const connection = { url: redisUrl(), maxRetriesPerRequest: null }
    const worker = { lockDuration: 2_000, stalledInterval: 1_000 }
    return { queue: bullmqQueue({ connection, prefix: name, worker }), close: async () => undefined }
  }
  const [{ default: PgBoss }, { pgBossQueue }] = await Promise.all([
    import('pg-boss'),
    import('../../src/sync/pg-boss.ts'),
  ])
  const boss = new PgBoss({
    connectionString: postgresUrl(),
    schema: name,
    max: 4,
    supervise,
    schedule: false,
    migrate: supervise,
  })
  boss.on('error', () => undefined)
  await boss.start()
  return {
    queue: pgBossQueue({ boss, pollEvery: 100 }),
    close: () => boss.stop({ graceful: false, timeout: 1_000 }),
  }
}

/** Removes everything that a queue of this name has left behind. */
export async function dropQueue(kind: QueueKind, name: string): Promise<void> {
  if (kind === 'bullmq') {
    const { createClient } = await import('redis')
    const client = await createClient({ url: redisUrl() }).connect()
    for await (const keys of client.scanIterator({ MATCH: `${name}:*`, COUNT: 1_000 }))
      if (keys.length > 0) await client.del(keys)
    client.destroy()
  }
  if (kind === 'pg-boss') {
    const { default: pg } = await import('pg')
    const client = new pg.Client({ connectionString: postgresUrl() })
    await client.connect()
    await client.query(`DROP SCHEMA IF EXISTS "${name}" CASCADE`)
    await client.end()
  }
}
