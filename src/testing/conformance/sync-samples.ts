import type { SyncDocument, SyncFilter, SyncStore } from '../../types.ts'
import { must, mustEqual } from './assertions.ts'
import type { MakeSyncStore, OpenedSyncStore, SyncStoreUnderTest } from './sync-store.ts'
import { disposing } from './under-test.ts'

/** Tests of a sync store by name. */
export type SyncStoreTests = Readonly<Record<string, (opened: OpenedSyncStore) => Promise<void>>>

/** A document with every field that one for a connection has; `changes` adds the rest. */
export function sampleDocument(changes: Partial<SyncDocument> = {}): SyncDocument {
  return {
    id: 'doc_1',
    version: 1,
    provider: 'slack',
    tenantId: 't1',
    status: 'pending',
    data: '{}',
    ...changes,
  }
}

export function createDocument(store: SyncStore, document: SyncDocument): Promise<boolean> {
  return store.save(document, { expectedVersion: null })
}

/** Creates them all, some at a time. */
export async function createDocuments(store: SyncStore, documents: readonly SyncDocument[]): Promise<void> {
  for (let start = 0; start < documents.length; start += 100) {
    const batch = documents.slice(start, start + 100)
    const answers = await Promise.all(batch.map((document) => createDocument(store, document)))
    mustEqual(
      new Set(answers),
      new Set([true]),
      'save with expectedVersion null must answer true for what is not there: else a sync is never begun',
    )
  }
}

/** What `list` gives, as long as it is no more than any test has saved: one without an end would hang the runner. */
export async function* listedDocuments(
  store: SyncStore,
  filter: SyncFilter = {},
): AsyncGenerator<SyncDocument, void> {
  let left = 2_500
  for await (const document of store.list(filter)) {
    must(left > 0, 'list must end, also where what it gives is saved while it runs')
    left -= 1
    yield document
  }
}

export async function collectDocuments(store: SyncStore, filter: SyncFilter = {}): Promise<SyncDocument[]> {
  const found: SyncDocument[] = []
  for await (const document of listedDocuments(store, filter)) found.push(document)
  return found
}

/** The document as the library sees it: a store on a table of the application's may hand back more. */
function knownFields(document: SyncDocument | undefined): Partial<SyncDocument> | undefined {
  if (!document) return undefined
  const { id, version, provider, tenantId, status, dueAt, data } = document
  return { id, version, ...absentAsNothing({ provider, tenantId, status, dueAt }), data }
}

function absentAsNothing(fields: object): object {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== null),
  )
}

/** Fails unless `found` is `expected`, field for field. */
export function mustBeDocument(
  found: SyncDocument | undefined,
  expected: SyncDocument | undefined,
  words: string,
): void {
  mustEqual(knownFields(found), knownFields(expected), words)
}

export async function withSyncStore(
  make: MakeSyncStore,
  run: (opened: OpenedSyncStore) => Promise<void>,
): Promise<void> {
  const made = await make()
  const underTest: SyncStoreUnderTest = 'load' in made ? { store: made } : made
  const { store } = underTest
  await disposing(underTest, async () => {
    const other = (await underTest.another?.()) ?? store
    await run({
      store,
      other,
      async damage(id) {
        await underTest.damage?.(id)
      },
      async unplug() {
        await underTest.unplug?.()
      },
    })
  })
}
