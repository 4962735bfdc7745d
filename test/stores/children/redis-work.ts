import { closeSync, openSync, rmSync } from 'node:fs'
import { sampleKey, sampleRecord } from '../sample-record.ts'
import { tell, waitForStart } from './messages.ts'
import { openStore } from './redis-open.ts'

// What one of several processes does on one Redis: race, hold, use or leave.
const [kind = '', url = '', prefix = '', work = '', ...rest] = process.argv.slice(2)
const { store, close } = await openStore(kind, url, prefix)

const works: Record<string, (...args: string[]) => Promise<void>> = {
  /** Does what its siblings do at the same time, and tells which claims it won and how many of its writes. */
  async race(mark = '', rounds = '0') {
    await store.load(sampleKey)
    await waitForStart()
    const times = Array.from({ length: Number(rounds) }, (_none, index) => index)
    const won = await Promise.all(times.map((index) => store.coordinator?.claim(`nonce-${index}`, 60_000)))
    let written = 0
    for (const _time of times) {
      const record = await store.load(sampleKey)
      if (!record) throw new Error('the record is gone')
      const next = { ...record, version: record.version + 1 }
      if (await store.save(next, { expectedVersion: record.version })) written += 1
    }
    // A file that must not exist yet tells when two are inside.
    for (const _time of times.slice(0, 20))
      await store.coordinator?.withLease('section', 30_000, async () => {
        closeSync(openSync(mark, 'wx'))
        await new Promise((resolve) => setImmediate(resolve))
        rmSync(mark)
      })
    tell({ claims: times.filter((index) => won[index]), written })
  },
  /** Takes a lease and keeps it until it is killed. */
  async hold(key = '', ttlMs = '0') {
    await store.coordinator?.withLease(key, Number(ttlMs), async () => {
      tell(Date.now())
      await new Promise((resolve) => setTimeout(resolve, 60_000))
    })
  },
  /** Uses everything once, and tells what is open after `close()`. */
  async use() {
    await useAll()
    await close()
    // A socket that was told to end is gone after one turn of the loop.
    await new Promise((resolve) => setImmediate(resolve))
    tell(process.getActiveResourcesInfo().filter((name) => /TCP|TLS|Timeout/.test(name)))
  },
  /** The same, and closes nothing. */
  async leave() {
    await useAll()
    tell('used')
  },
}

async function useAll(): Promise<void> {
  await store.save(sampleRecord(), { expectedVersion: null })
  await store.coordinator?.claim('nonce', 600_000)
  await store.coordinator?.withLease('lease', 600_000, async () => undefined)
  for await (const _record of store.list({})) break
}

await works[work]?.(...rest)
if (work !== 'use' && work !== 'leave') await close()
process.disconnect()
