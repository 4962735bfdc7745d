import type { TokenStore } from 'latchkey'
import { type ConformanceOptions, testCoordinator, testSyncStore, testTokenStore } from 'latchkey/testing'
import type { Places } from './stores.ts'

/** Runs the suites of `latchkey/testing` on a store, one test after the other, and says how many passed. */
export async function conformance(places: Places): Promise<string> {
  const tests: { readonly name: string; readonly run: () => Promise<void> }[] = []
  const runner: ConformanceOptions = {
    describe: (_words, define) => define(),
    it: (name, run) => tests.push({ name, run }),
  }
  const make = async () => {
    const { open } = await places.place()
    const opened: TokenStore[] = []
    const another = () => {
      const store = open()
      opened.push(store)
      return store
    }
    return {
      store: another(),
      another,
      async dispose() {
        await Promise.all(opened.map((store) => store.close?.()))
      },
    }
  }
  testTokenStore(make, runner)
  testCoordinator(make, runner)
  testSyncStore(async () => {
    const { store, another, dispose } = await make()
    const syncsOf = ({ syncs }: TokenStore) => {
      if (syncs) return syncs
      throw new Error('this store keeps no syncs')
    }
    return {
      store: syncsOf(store),
      another: () => syncsOf(another()),
      unplug: () => store.close?.(),
      dispose,
    }
  }, runner)

  const failed: string[] = []
  for (const { name, run } of tests)
    await run().catch((error: unknown) =>
      failed.push(`${name}: ${error instanceof Error ? error.stack : error}`),
    )
  if (failed.length > 0) throw new Error(`${failed.length} of ${tests.length} failed\n${failed.join('\n')}`)
  return `${tests.length} conformance tests`
}
