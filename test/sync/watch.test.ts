import { setMaxListeners } from 'node:events'
import { expect, it } from 'vitest'
import { memoryStore } from '../../src/stores/memory-store.ts'
import { createLedgers } from '../../src/sync/ledgers.ts'
import { planRun } from '../../src/sync/plan.ts'
import { createWatching } from '../../src/sync/watch.ts'
import type { SyncStore } from '../../src/types.ts'

const key = { provider: 'shop', tenantId: 't1', connectionId: 'default' }

/** A store of one tenant's runs that counts how often it is looked into. */
async function storeOf(runs: number) {
  const { syncs } = memoryStore()
  if (!syncs) throw new Error('a store has syncs')
  const inner = syncs
  const { update } = createLedgers(inner)
  const write = (id: string, connectionId: string, now: number) =>
    update(
      id,
      (ledger) =>
        planRun({ ...key, connectionId }, ledger, { from: 0, to: now }, (range) => [range], now).ledger,
    )
  for (let index = 0; index < runs; index++) await write(`run-${index}`, `c${index}`, 1)
  let lists = 0
  const store: SyncStore = {
    ...inner,
    list(filter) {
      lists += 1
      return inner.list(filter)
    },
  }
  return { store, write, lists: () => lists }
}

it('two hundred who watch a tenant are one look into the store', async () => {
  const { store, write, lists } = await storeOf(3)
  const watching = createWatching(store)
  const end = new AbortController()
  setMaxListeners(0, end.signal)
  const seen = Array.from({ length: 200 }, () => new Set<string>())
  const reading = seen.map(async (mine) => {
    for await (const { connectionId, to } of watching.watch({ tenantId: 't1', signal: end.signal }))
      mine.add(`${connectionId} ${to.getTime()}`)
  })
  await expect.poll(() => seen.every(({ size }) => size === 3)).toBe(true)
  await write('run-1', 'c1', 2)
  await expect.poll(() => seen.every(({ size }) => size === 4), { timeout: 3_000 }).toBe(true)
  expect(lists()).toBeLessThanOrEqual(4)
  end.abort()
  await Promise.all(reading)
})

it('who comes later is told all at once, and a slow reader nothing twice', async () => {
  const { store, write } = await storeOf(2)
  const watching = createWatching(store)
  const end = new AbortController()
  const watch = () => watching.watch({ tenantId: 't1', signal: end.signal })[Symbol.asyncIterator]()
  const first = watch()
  await first.next()
  await first.next()
  const second = watch()
  const told = [await second.next(), await second.next()].map(({ value }) => value?.connectionId)
  expect(told.sort()).toEqual(['c0', 'c1'])
  await write('run-0', 'c0', 2)
  await write('run-0', 'c0', 3)
  expect((await first.next()).value).toMatchObject({ connectionId: 'c0', to: new Date(3) })
  const nothing = first.next()
  end.abort()
  expect(await nothing).toEqual({ done: true, value: undefined })
  await second.return?.()
})

it('asks nothing and keeps no listener once nobody watches', async () => {
  const { store, lists } = await storeOf(1)
  const watching = createWatching(store)
  const end = new AbortController()
  let listeners = 0
  const { signal } = end
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  signal.addEventListener = (...given: Parameters<typeof add>) => {
    listeners += 1
    add(...given)
  }
  signal.removeEventListener = (...given: Parameters<typeof remove>) => {
    listeners -= 1
    remove(...given)
  }
  const reading = (async () => {
    for await (const _run of watching.watch({ tenantId: 't1', signal })) watching.tell('t1')
  })()
  await expect.poll(lists, { timeout: 4_000 }).toBe(3)
  expect(listeners).toBe(1)
  end.abort()
  await reading
  expect(listeners).toBe(0)
  const before = lists()
  watching.tell('t1')
  await new Promise((resume) => setTimeout(resume, 1_200))
  expect(lists()).toBe(before)
})
