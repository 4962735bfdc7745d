import type { ResealOptions, ResealResult } from '../client-types.ts'
import { type ClientContext, inContext } from '../context.ts'
import { isOAuthError } from '../errors/oauth-error.ts'
import { reportError } from '../hooks.ts'
import type { StoredConnection } from '../types.ts'
import { checkNumber } from './check-number.ts'
import { contested, mostSaves, toConnection } from './connection-record.ts'
import { eachOf } from './each-of.ts'
import { isSealedByNewest, sealAnew } from './sealed-tokens.ts'

const defaultConcurrency = 8

/**
 * Seals anew what an older secret has sealed. What is sealed by the newest already is left alone, so a run that was cut
 * off is resumed by running it again.
 */
export async function reseal(context: ClientContext, options: ResealOptions = {}): Promise<ResealResult> {
  const { concurrency = defaultConcurrency, signal, onProgress } = options
  checkNumber(context, 'concurrency', concurrency, 1)
  const counts = { resealed: 0, unchanged: 0, failed: 0 }
  await eachOf(
    context.store.list({ provider: context.provider.id }),
    { concurrency, signal },
    async (record) => {
      try {
        counts[await resealRecord(context, record)] += 1
      } catch (error) {
        const named = inContext(context, error)
        if (!isOAuthError(named)) throw named
        counts.failed += 1
        reportError(context, named, toConnection(record))
      }
      onProgress?.({ ...counts })
    },
  )
  return counts
}

/** The tokens stay as they are; a write of somebody else's meanwhile has sealed them anew by itself. */
async function resealRecord(
  context: ClientContext,
  listed: StoredConnection,
): Promise<'resealed' | 'unchanged'> {
  let record: StoredConnection | undefined = listed
  for (let attempt = 1; attempt <= mostSaves; attempt++) {
    if (!record || isSealedByNewest(context.keyring, record.sealed)) return 'unchanged'
    const sealed = sealAnew(context.keyring, record, record.sealed)
    const anew = { ...record, sealed, version: record.version + 1 }
    if (await context.store.save(anew, { expectedVersion: record.version })) return 'resealed'
    record = await context.store.load(record)
  }
  throw contested(context)
}
