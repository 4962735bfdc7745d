/** So many records are read ahead for each that is worked on, and taken in random order. */
const readAhead = 16

/**
 * Does `work` for each item, `concurrency` at a time, with bounded memory. Items come in an order of chance, so that
 * several processes that work on the same list at once do not meet at every item. Ends early where `signal` says so;
 * rejects with the first error of `work` or that of the list, once what has begun is done.
 */
export async function eachOf<T>(
  items: AsyncIterable<T>,
  { concurrency, signal }: { readonly concurrency: number; readonly signal?: AbortSignal | undefined },
  work: (item: T) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>()
  const ahead: T[] = []
  const failures: unknown[] = []
  const begin = async () => {
    const [item] = ahead.splice(Math.floor(Math.random() * ahead.length), 1)
    if (item === undefined) return
    const done: Promise<void> = work(item)
      .catch((error: unknown) => {
        failures.push(error)
      })
      .finally(() => running.delete(done))
    running.add(done)
    if (running.size >= concurrency) await Promise.race(running)
  }
  const mayGoOn = () => !signal?.aborted && failures.length === 0
  let unlisted: { readonly error: unknown } | undefined
  try {
    for await (const item of items) {
      if (!mayGoOn()) break
      ahead.push(item)
      if (ahead.length >= readAhead * concurrency) await begin()
    }
  } catch (error) {
    // A list that breaks off does not keep what has been read from being worked on.
    unlisted = { error }
  }
  while (ahead.length > 0 && mayGoOn()) await begin()
  await Promise.all(running)
  if (failures.length > 0) throw failures[0]
  if (unlisted) throw unlisted.error
}
