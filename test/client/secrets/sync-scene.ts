import { afterAll, afterEach, beforeAll } from 'vitest'
import { createOAuthClient } from '../../../src/create-client.ts'
import { createOAuthHandler } from '../../../src/handler/oauth-handler.ts'
import type { HistoryDefinition, ProviderDefinition } from '../../../src/provider/definition.ts'
import { memoryStore } from '../../../src/stores/memory-store.ts'
import { createHistoricalSync } from '../../../src/sync/engine.ts'
import { historyOf } from '../../../src/sync/history/history-of.ts'
import type { SyncQueue } from '../../../src/sync/queue.ts'
import type { HistoricalSync, HistoricalSyncRun, RunWindow, WindowedRun } from '../../../src/sync/types.ts'
import type { SyncStore } from '../../../src/types.ts'
import {
  type Answer,
  type Arrived,
  type Outcome,
  type ProviderServer,
  startProviderServer,
} from '../../support/provider-server.ts'
import { createLeakSearch, type Secrets } from './leak-search.ts'
import { overhear } from './overheard.ts'
import { definitionAt, good, json, known, placeOf } from './provider.ts'
import { withoutCause } from './without-cause.ts'

const ref = { provider: 'acme', tenantId: 'tenant-1', connectionId: 'default' }
const origin = 'https://app.example.com'
const settled: readonly HistoricalSyncRun['status'][] = ['completed', 'failed', 'cancelled']

export interface SyncScene {
  /** What the API answers to each request of the history; good pages where nothing is given. */
  readonly api?: (arrived: Arrived, index: number, origin: string) => Outcome
  readonly refresh?: (arrived: Arrived) => Answer
  readonly history?: Partial<HistoryDefinition>
  /** In place of the history's own. */
  readonly run?: RunWindow | WindowedRun
  readonly save?: (items: readonly unknown[]) => unknown
  readonly syncs?: (store: SyncStore) => SyncStore
  readonly queue?: SyncQueue
  /** What is not to be found besides the known secrets. */
  readonly more?: Secrets
}

/** A provider, a client, an engine and a handler together, and everything that is kept or said on the way. */
export function syncStage() {
  let server: ProviderServer
  const open: HistoricalSync[] = []
  beforeAll(async () => {
    server = await startProviderServer(() => ({}))
  })
  afterAll(() => server.close())
  afterEach(async () => {
    await Promise.all(open.splice(0).map((sync) => sync.close().catch(() => undefined)))
  })
  const overheard = overhear()

  function scene({ api, refresh, history, run, save = () => undefined, ...more }: SyncScene) {
    const secrets: Secrets = { ...known, ...more.more }
    const said: { readonly where: string; readonly value: unknown }[] = []
    const tell = (where: string, value: unknown) => void said.push({ where, value })
    /** What the application's own code of the scene throws. */
    const thrown = new Set<unknown>()
    let asked = 0
    server.respond((arrived) => {
      const place = placeOf(arrived)
      if (place === 'refresh' && refresh) return refresh(arrived)
      if (place !== 'api')
        return { body: JSON.stringify(good[place === 'required discovery' ? 'discovery' : place]) }
      tell('address of a request', arrived.path)
      return api?.(arrived, asked++, server.origin) ?? json(200, { items: [] })
    })

    const definition: ProviderDefinition = {
      ...definitionAt(server.origin, {}),
      history: { resource: '/items', items: 'items', page: { by: 'url', at: 'next' }, ...history },
    }
    const tokens = memoryStore()
    if (!tokens.syncs) throw new Error('a store has syncs')
    const syncs = observed(more.syncs?.(tokens.syncs) ?? tokens.syncs, (document) =>
      tell('stored document', document),
    )
    const sync = createHistoricalSync({
      store: syncs,
      run: { acme: run ?? historyOf(definition).each(save) },
      windows: 'whole',
      retry: { attempts: 2, firstDelay: 0, longestDelay: 0 },
      queue: observedQueue(more.queue ?? listQueue(), (message) => tell('queue message', message)),
      hooks: {
        onChange: ({ run: changed }) => tell('onChange', changed),
        // What the application itself threw is handed back to it, and only there.
        onError: ({ error, run: failed }) =>
          tell('onError', { error: thrown.has(error.cause) ? withoutCause(error) : error, failed }),
      },
    })
    open.push(sync)

    const client = createOAuthClient(definition, {
      clientId: 'client-1',
      clientSecret: known.clientSecret,
      redirectUri: `${origin}/oauth/acme/callback`,
      secret: known.sealingSecret,
      store: tokens,
      sync,
      hooks: {
        onError: (event) => tell('onError of the client', event),
        onReconnectRequired: (event) => tell('onReconnectRequired', event),
        onRefreshed: (event) => tell('onRefreshed', event),
      },
    })
    const handler = createOAuthHandler({
      clients: [client],
      session: () => ({ tenantId: ref.tenantId }),
      sync,
      onError: (failure) => tell('onError of the handler', failure),
    })

    async function call(path: string, init: RequestInit = {}): Promise<void> {
      const response = await handler(new Request(`${origin}${path}`, init))
      tell(`answer of ${path}`, {
        status: response.status,
        headers: [...response.headers],
        body: await response.text(),
      })
    }
    /** The first event of a stream, which tells how everything stands. */
    async function follow(path: string): Promise<void> {
      const leaving = new AbortController()
      const headers = { accept: 'text/event-stream' }
      const response = await handler(new Request(`${origin}${path}`, { headers, signal: leaving.signal }))
      let text = ''
      for await (const chunk of response.body ?? []) {
        text += Buffer.from(chunk).toString()
        if (text.includes('data: ')) break
      }
      leaving.abort()
      tell(`events of ${path}`, text)
    }
    async function note(where: string, ask: () => Promise<unknown>): Promise<void> {
      await ask().then(
        (value) => tell(where, value),
        (error: unknown) => tell(`error of ${where}`, error),
      )
    }

    async function ended(): Promise<HistoricalSyncRun | undefined> {
      const end = performance.now() + 10_000
      while (performance.now() < end) {
        const latest = await sync.get(ref).catch(() => undefined)
        if (latest && settled.includes(latest.status)) return latest
        await new Promise((resume) => setTimeout(resume, 1))
      }
      throw new Error('the run does not end')
    }

    return {
      said,
      thrown,
      sync,
      /** Connects, works until the run has ended, and asks everything that can be asked of it. */
      async live(until: () => Promise<unknown> = ended): Promise<HistoricalSyncRun | undefined> {
        const worker = await sync.work([client], { recoverEvery: 60_000 })
        const { state } = await client.authorize({ tenantId: ref.tenantId })
        await note('callback', () => client.callback(new URLSearchParams({ code: known.code, state })))
        await until()
        await this.ask()
        const latest = await sync.get(ref).catch(() => undefined)
        await note('resume', () => sync.resume(ref))
        await note('worker', () => worker.close())
        await note('close', () => sync.close())
        // Warnings come a tick later.
        await new Promise((resolve) => setImmediate(resolve))
        return latest
      },
      async ask(): Promise<void> {
        await note('get', () => sync.get(ref))
        await note('history', () => sync.history(ref))
        await note('list', async () => {
          const runs: HistoricalSyncRun[] = []
          for await (const each of sync.list()) runs.push(each)
          return runs
        })
        await note('watch', async () => {
          const runs: HistoricalSyncRun[] = []
          const leaving = new AbortController()
          for await (const each of sync.watch({ tenantId: ref.tenantId, signal: leaving.signal })) {
            runs.push(each)
            leaving.abort()
          }
          return runs
        })
        await note('recover', () => sync.recover())
        for (const path of ['/oauth', '/oauth/sync', '/oauth/acme/sync']) await call(path)
        for (const path of ['/oauth/sync', '/oauth/acme/sync']) await follow(path)
      },
      /** In words, each secret once for each thing that was said. */
      leaks(): string[] {
        const search = createLeakSearch(secrets)
        const found = [...said, ...overheard].flatMap(({ where, value }) =>
          search
            .inValue(
              where,
              typeof value === 'object' && value !== null && 'data' in value ? opened(value) : value,
            )
            .map((leak) => `${where}: ${leak.secret} (${leak.form})`),
        )
        return [...new Set(found)]
      },
    }
  }

  return { scene, origin: () => server.origin }
}

/** A document, with what a cursor in it says: Base64 hides nothing. */
function opened(document: object): unknown {
  const cursors = [...JSON.stringify(document).matchAll(/\b1\.([\w-]{8,})/g)].map(([, text = '']) =>
    Buffer.from(text, 'base64url').toString(),
  )
  return { document, cursors }
}

function observed(store: SyncStore, tell: (document: unknown) => void): SyncStore {
  return {
    load: (id) => store.load(id),
    save(document, options) {
      tell({ ...document })
      return store.save(document, options)
    },
    remove: (id, options) => store.remove(id, options),
    list: (filter) => store.list(filter),
  }
}

function observedQueue(queue: SyncQueue, tell: (message: unknown) => void): SyncQueue {
  return {
    ...queue,
    add(id, options) {
      tell({ id, ...options })
      return queue.add(id, options)
    },
    // What rejects here is written down by queues that keep failed messages.
    work: (process, options) =>
      queue.work(async (id) => {
        try {
          return await process(id)
        } catch (error) {
          tell({ failed: error })
          throw error
        }
      }, options),
  }
}

/** A queue that delivers in this process, one message after the other. */
function listQueue(): SyncQueue {
  const waiting: string[] = []
  let deliver: () => void = () => undefined
  return {
    async add(id) {
      waiting.push(id)
      deliver()
    },
    async work(process) {
      let closed = false
      let working: Promise<void> | undefined
      async function all(): Promise<void> {
        for (let id = waiting.shift(); id !== undefined && !closed; id = waiting.shift()) {
          const again = await process(id).catch(() => 0)
          if (again !== undefined && !closed) waiting.push(id)
          await new Promise((resume) => setImmediate(resume))
        }
      }
      deliver = () => {
        working = (working ?? Promise.resolve()).then(all)
      }
      deliver()
      return {
        async close() {
          closed = true
          await working
        },
      }
    },
  }
}
