import { expect, it } from 'vitest'
import { type ServerEvent, streamEvents } from '../../src/handler/event-stream.ts'
import { latch } from '../support/latch.ts'

it('ends for a reader that has left without a word, though it no longer reads', async () => {
  const leaving = new AbortController()
  const [begun, ended] = [latch(), latch()]
  async function* source(signal: AbortSignal): AsyncGenerator<ServerEvent, void> {
    try {
      while (!signal.aborted) {
        yield { event: 'sync', data: 1 }
        begun.resolve()
      }
    } finally {
      ended.resolve()
    }
  }
  const request = new Request('https://app.example.com/oauth/sync', { signal: leaving.signal })
  // Nobody reads what it answers, nor cancels it.
  const response = streamEvents(request, source, () => undefined)
  const reader = response.body?.getReader()
  await reader?.read()
  await reader?.read()
  await begun.promise
  // It holds back what nobody reads.
  await new Promise((resume) => setImmediate(resume))
  leaving.abort()
  await expect(ended.promise).resolves.toBeUndefined()
})
