import { shortHash } from '../state/digest.ts'
import type { SyncStore } from '../types.ts'
import type { Ledger } from './ledger.ts'
import type { HistoricalSyncOptions } from './types.ts'

/** Places for as many runs as may go on at the same time, in all processes together. */
export interface Places {
  /** A place everywhere where `ledger` needs one, or none at all. A place of a silent worker is free after its time. */
  take(ledger: Ledger, holder: string): Promise<Taken | undefined>
}

export interface Taken {
  extend(): Promise<void>
  release(): Promise<void>
}

interface Holder {
  readonly holder: string
  readonly until: number
}

const mostTries = 50
const nothing: Taken = { extend: async () => undefined, release: async () => undefined }

export function createPlaces(
  store: SyncStore,
  limits: HistoricalSyncOptions['concurrency'],
  { lease, clock }: { readonly lease: number; readonly clock: () => number },
): Places {
  const limitsOf = ({ provider, tenantId }: Ledger): (readonly [id: string, limit: number])[] => {
    const { perProvider, perTenant } = limits ?? {}
    const own = typeof perProvider === 'object' ? ownLimit(perProvider, provider) : perProvider
    return [
      ...(own === undefined ? [] : ([[placeId('provider', provider), own]] as const)),
      ...(perTenant === undefined ? [] : ([[placeId('tenant', tenantId), perTenant]] as const)),
    ]
  }

  /** Writes what `change` makes of the holders that are left; `false` where it makes nothing of them. */
  async function update(
    id: string,
    change: (holders: readonly Holder[]) => readonly Holder[] | undefined,
  ): Promise<boolean> {
    for (let tries = 0; tries < mostTries; tries++) {
      const found = await store.load(id)
      const now = clock()
      const next = change(readHolders(found?.data).filter(({ until }) => until > now))
      if (!next) return false
      const document = { id, version: (found?.version ?? 0) + 1, data: JSON.stringify(next) }
      if (await store.save(document, { expectedVersion: found?.version ?? null })) return true
      // Those who met here once would meet again.
      await new Promise<void>((resume) => setTimeout(resume, Math.random() * 10 * Math.min(tries + 1, 10)))
    }
    return false
  }

  async function isFull(id: string, limit: number): Promise<boolean> {
    const found = await store.load(id)
    const now = clock()
    return readHolders(found?.data).filter(({ until }) => until > now).length >= limit
  }

  return {
    async take(ledger, holder) {
      const wanted = limitsOf(ledger)
      if (wanted.length === 0) return nothing
      // One that would have to give its first place back at once takes none: others could have it meanwhile.
      if (wanted.length > 1) for (const [id, limit] of wanted) if (await isFull(id, limit)) return undefined
      const without = (holders: readonly Holder[]) => holders.filter((each) => each.holder !== holder)
      const held: string[] = []
      let isReleased = false
      let extending: Promise<unknown> = Promise.resolve()
      const release = async () => {
        isReleased = true
        // What is being extended would stand there again.
        await extending.catch(() => undefined)
        await Promise.allSettled(held.map((id) => update(id, without)))
      }
      const hold = (id: string, limit: number) =>
        update(id, (holders) => {
          const others = without(holders)
          return others.length < limit ? [...others, { holder, until: clock() + lease }] : undefined
        })
      try {
        for (const [id, limit] of wanted) {
          if (!(await hold(id, limit))) {
            await release()
            return undefined
          }
          held.push(id)
        }
      } catch (error) {
        await release()
        throw error
      }
      return {
        release,
        async extend() {
          const mine = extending
            .catch(() => undefined)
            .then(async () => {
              for (const id of held) if (!isReleased) await hold(id, Number.POSITIVE_INFINITY)
            })
          extending = mine
          await mine
        },
      }
    },
  }
}

function ownLimit(limits: Readonly<Record<string, number>>, provider: string): number | undefined {
  return Object.hasOwn(limits, provider) ? limits[provider] : undefined
}

function placeId(kind: string, name: string): string {
  return `places-${kind}-${shortHash(JSON.stringify(name), 18)}`
}

/** What cannot be read has no holders: at worst a run more goes on for a while. */
function readHolders(data: string | undefined): readonly Holder[] {
  if (data === undefined) return []
  try {
    const value: unknown = JSON.parse(data)
    return Array.isArray(value) ? value.filter(isHolder) : []
  } catch {
    return []
  }
}

function isHolder(value: unknown): value is Holder {
  return (
    typeof value === 'object' &&
    value !== null &&
    'holder' in value &&
    typeof value.holder === 'string' &&
    'until' in value &&
    typeof value.until === 'number'
  )
}
