import type { ConnectionKey, StoredConnection, TokenStore } from '../../types.ts'
import { must, mustEqual, outcomeOf, within } from './assertions.ts'
import { create, listed, nameOf, sampleKey, sampleRecord } from './sample-records.ts'
import type { StoreTests } from './token-store.ts'

const notThere =
  'must reject, never answer "not there" for what it could not read: the library would take a living connection for none, and the user would have to connect again'
const settles = 'a method must settle, one way or the other: callers wait for it'

/** What a caller may have got wrong. A store may refuse it or take it, but must do so in its promise. */
const strange: readonly (readonly [words: string, changes: Partial<StoredConnection>])[] = [
  ['an empty id', { tenantId: '' }],
  ['a NUL in an id', { tenantId: 'a\u0000' }],
  ['an id of 10,000 characters', { tenantId: 'x'.repeat(10_000) }],
  ['an invalid Date', { expiresAt: new Date(Number.NaN) }],
]

/** How a store fails. */
export const failureTests: StoreTests = {
  async 'rejects rather than throws'({ store }) {
    for (const [words, changes] of strange) {
      const record = sampleRecord(changes)
      const calls: Record<string, () => Promise<unknown>> = {
        load: () => store.load(record),
        'save of a new record': () => create(store, record),
        'save of a stored record': () => store.save(record, { expectedVersion: 1 }),
        remove: () => store.remove(record),
        'remove on condition': () => store.remove(record, { expectedVersion: 1 }),
      }
      for (const [method, call] of Object.entries(calls))
        await mustNotThrow(`${method}, given ${words},`, call)
      let list: AsyncIterable<StoredConnection> | undefined
      try {
        list = store.list({ tenantId: record.tenantId, expiresBefore: record.expiresAt })
      } catch {
        must(false, `list, given ${words}, must fail while it is read, not where it is called`)
      }
      if (list) await outcomeOf(within(toEnd(list), settles))
    }
    mustEqual(await create(store, sampleRecord()), true, 'a refused call must not keep the next from working')
  },

  async 'never answers undefined for a broken record'({ store, damage }) {
    await create(store, sampleRecord())
    // Without a hand in the backend: a date that is none, which a store must refuse or be able to read again.
    await outcomeOf(
      within(
        store.save(sampleRecord({ version: 2, expiresAt: new Date(Number.NaN) }), { expectedVersion: 1 }),
        settles,
      ),
    )
    await mustNotBeAbsent(store, sampleKey, 'load of a record that cannot be read')
    await damage(sampleKey)
    await mustNotBeAbsent(store, sampleKey, 'load of a record that cannot be read')
  },

  async 'does not keep the others from their reader for a broken record'({ store, damage }) {
    const names: string[] = []
    for (const tenantId of ['t1', 't2', 't3', 't4', 't5']) {
      await create(store, sampleRecord({ tenantId }))
      if (tenantId !== 't3') names.push(nameOf({ ...sampleKey, tenantId }))
    }
    await damage({ ...sampleKey, tenantId: 't3' })
    const seen: string[] = []
    const reading = async () => {
      for await (const record of listed(store)) seen.push(nameOf(record))
    }
    await outcomeOf(within(reading(), settles))
    const why =
      'list must give the records that can be read (and then throw, or give the broken one as it is): one damaged row must not end the refreshes of all'
    mustEqual(
      names.filter((name) => !seen.includes(name)),
      [],
      why,
    )
  },

  async 'removes a broken record'({ store, damage }) {
    await create(store, sampleRecord())
    await damage(sampleKey)
    mustEqual(
      await store.remove(sampleKey),
      true,
      'remove without expectedVersion must not need to read the record: else a damaged one can never be got rid of',
    )
    mustEqual(await store.load(sampleKey), undefined, 'a removed record must be gone')
  },

  async 'never answers undefined when it is cut off from its data'({ store, unplug }) {
    await create(store, sampleRecord())
    await unplug()
    await mustNotBeAbsent(store, sampleKey, 'load of a store without its backend')
    const created = await outcomeOf(within(create(store, sampleRecord({ tenantId: 't2' })), settles))
    // A store that was not cut off works on; then what it says it saved must be there.
    if ('value' in created && created.value)
      await mustNotBeAbsent(store, { ...sampleKey, tenantId: 't2' }, 'load of what save said it saved')
    const found: StoredConnection[] = []
    const list = async () => {
      for await (const record of listed(store)) found.push(record)
    }
    const outcome = await outcomeOf(within(list(), settles))
    must(
      'error' in outcome || found.length > 0,
      'list must reject, never end as if there were nothing: a job that keeps tokens alive would believe that it is done',
    )
  },
}

async function mustNotThrow(words: string, call: () => Promise<unknown>): Promise<void> {
  let answer: Promise<unknown>
  try {
    answer = call()
  } catch {
    return must(
      false,
      `${words} must reject, not throw: a caller that only looks at the promise never hears of it`,
    )
  }
  must(typeof Reflect.get(Object(answer), 'then') === 'function', `${words} must answer with a promise`)
  await outcomeOf(within(Promise.resolve(answer), settles))
}

async function mustNotBeAbsent(store: TokenStore, key: ConnectionKey, words: string): Promise<void> {
  const outcome = await outcomeOf(within(store.load(key), settles))
  must('error' in outcome || (outcome.value ?? null) !== null, `${words} ${notThere}`)
}

async function toEnd(list: AsyncIterable<unknown>): Promise<void> {
  for await (const _record of list);
}
