import { afterEach } from 'vitest'
import type { OAuthError } from '../../src/errors/oauth-error.ts'
import { memoryStore } from '../../src/stores/memory-store.ts'
import { createHistoricalSync } from '../../src/sync/engine.ts'
import type {
  HistoricalSync,
  HistoricalSyncOptions,
  HistoricalSyncRun,
  RunContext,
  SyncClient,
  SyncRef,
  SyncWindow,
} from '../../src/sync/types.ts'
import type { SyncStore } from '../../src/types.ts'
import { connectionOf, shop } from '../handler/fake-client.ts'

const day = 86_400_000
/** The moment at which these tests begin. */
export const start = Date.UTC(2026, 10, 21, 12)
export const ref: SyncRef = { provider: 'shop', tenantId: 't1', connectionId: 'default' }

/** `days` days before `start`. */
export const daysAgo = (days: number) => new Date(start - days * day)
export const request = (days = 21, more: Partial<SyncRef> & { idempotencyKey?: string } = {}) => ({
  ...ref,
  from: daysAgo(days),
  to: daysAgo(0),
  ...more,
})

export interface Called extends SyncWindow {
  readonly cursor: string | undefined
  readonly tenantId: string
}

export interface EngineUnderTest {
  readonly sync: HistoricalSync
  readonly store: SyncStore
  readonly client: SyncClient & { status: 'active' | 'reconnect_required' | undefined; fetched: unknown[][] }
  /** The windows that `run` was called for. */
  readonly calls: Called[]
  readonly errors: OAuthError[]
  readonly changes: HistoricalSyncRun[]
  readonly clock: { now: number }
  /** The latest run once it is so. */
  until(is: (run: HistoricalSyncRun) => boolean, of?: SyncRef): Promise<HistoricalSyncRun>
  untilStatus(status: HistoricalSyncRun['status'], of?: SyncRef): Promise<HistoricalSyncRun>
}

type Run = (window: SyncWindow, context: RunContext) => unknown

/** An engine over a store in memory, a client of one connection a tenant, and no delays. */
export function engineUnderTest(
  run: Run = () => undefined,
  options: Partial<HistoricalSyncOptions> & {
    readonly syncs?: SyncStore
    readonly now?: { now: number }
  } = {},
): EngineUnderTest {
  const { syncs = memoryStore().syncs, now: clock = { now: start }, ...more } = options
  if (!syncs) throw new Error('a store has syncs')
  const calls: Called[] = []
  const errors: OAuthError[] = []
  const changes: HistoricalSyncRun[] = []
  const client: EngineUnderTest['client'] = {
    provider: shop,
    status: 'active',
    fetched: [],
    async getConnection({ tenantId, connectionId = 'default' }) {
      return client.status && connectionOf({ tenantId, connectionId, status: client.status })
    },
    async fetch(...given) {
      client.fetched.push(given)
      return new Response('{}')
    },
  }
  const sync = createHistoricalSync({
    store: syncs,
    clock: () => clock.now,
    retry: { firstDelay: 0, longestDelay: 0 },
    run: (window, context) => {
      calls.push({ ...window, cursor: context.cursor, tenantId: context.connection.tenantId })
      return run(window, context)
    },
    hooks: {
      onError: ({ error }) => errors.push(error),
      onChange: (event) => changes.push(event.run),
    },
    ...more,
  })
  const until: EngineUnderTest['until'] = async (is, of = ref) => {
    const end = performance.now() + 12_000
    while (true) {
      const latest = await sync.get(of)
      if (latest && is(latest)) return latest
      if (performance.now() > end) throw new Error(`it stays ${JSON.stringify(latest)}`)
      await new Promise((resume) => setTimeout(resume, 2))
    }
  }
  return {
    sync,
    store: syncs,
    client,
    calls,
    errors,
    changes,
    clock,
    until,
    untilStatus: (status, of) => until((latest) => latest.status === status, of),
  }
}

/** Engines that are closed after each test, but those that were abandoned: their processes have died. */
export function engines() {
  const opened: EngineUnderTest[] = []
  afterEach(async () => {
    await Promise.all(opened.splice(0).map(({ sync }) => sync.close()))
  })
  return {
    engine(...given: Parameters<typeof engineUnderTest>): EngineUnderTest {
      const made = engineUnderTest(...given)
      opened.push(made)
      return made
    },
    abandon() {
      opened.length = 0
    },
  }
}
