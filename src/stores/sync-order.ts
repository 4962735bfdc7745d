import type { SyncDocument } from '../types.ts'

/** What is due earliest first, for a store that keeps no order: all are read before the first is given. A failure comes last. */
export async function* inOrderOfTime(
  documents: AsyncIterable<SyncDocument>,
): AsyncGenerator<SyncDocument, void> {
  const due: SyncDocument[] = []
  let failure: { readonly error: unknown } | undefined
  try {
    for await (const document of documents) due.push(document)
  } catch (error) {
    failure = { error }
  }
  yield* due.sort((a, b) => (a.dueAt ?? 0) - (b.dueAt ?? 0))
  if (failure) throw failure.error
}
