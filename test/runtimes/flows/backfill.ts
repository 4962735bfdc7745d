import assert from 'node:assert/strict'
import { memoryStore, type TokenStore } from 'latchkey'
import { createHistoricalSync, historyOf } from 'latchkey/sync'
import { createBrowser } from '../../../examples/demo/browser.ts'
import { clientOf, simulatedOf, type World } from './world.ts'

const id = 'github'

/** A connect starts the engine, which reads three months of the simulator's issues. */
export async function backfill(world: World, store: TokenStore = memoryStore()): Promise<string> {
  const { definition } = simulatedOf(world.setup, id)
  const seen = new Set<unknown>()
  let end: (failure?: Error) => void = () => undefined
  const over = new Promise<void>((resolve, reject) => {
    end = (failure) => (failure ? reject(failure) : resolve())
  })
  const sync = createHistoricalSync({
    store,
    run: {
      [id]: historyOf(definition).each((issues) => {
        for (const issue of issues) seen.add(JSON.stringify(issue))
      }),
    },
    hooks: {
      onChange({ run: { status, error } }) {
        if (status === 'completed') end()
        if (status === 'failed') end(new Error(error?.message))
      },
      onError: ({ error }) => end(error),
    },
  })
  const client = clientOf(world, id, { store, sync })
  const ref = { tenantId: `backfill ${crypto.randomUUID()}` }
  try {
    await sync.work([client], { recoverEvery: 100 })
    const { url } = await client.authorize(ref)
    const done = await client.callback(await createBrowser().decide(url, 'approve'))
    assert.equal(done.sync.status, 'started')
    await over
    const run = await sync.get({ ...ref, provider: id })
    assert.equal(run?.status, 'completed')
    assert.ok(
      seen.size > 0 && run.progress.records === seen.size,
      `${run.progress.records} records, ${seen.size} seen`,
    )
    await client.disconnect(ref)
    return `${seen.size} issues in ${run.progress.windows} windows`
  } finally {
    await sync.close()
    await client.close()
  }
}
