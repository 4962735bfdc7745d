import type { ProviderDefinition } from '../../provider/definition.ts'
import { fileStore } from '../../stores/file-store.ts'
import { clientVariables, requireVariables, type StoreOptions, storePath } from '../environment.ts'
import { type StoreInUse, trialStore } from '../trial-store.ts'
import type { RedirectOptions } from './redirect-target.ts'

/** The options of `latchkey connect`. */
export interface ConnectOptions extends StoreOptions, RedirectOptions {
  readonly tenant: string
  readonly connection?: string
  readonly param?: Readonly<Record<string, string>>
  readonly scope?: readonly string[]
  /** `false`: only show the address. */
  readonly open: boolean
  readonly paste?: boolean
  /** Seconds. */
  readonly timeout: number
  readonly simulator?: boolean
  readonly json?: boolean
}

/** What is given to the client, and what to the flow: a trusted param is the client's alone. */
interface SplitParams {
  readonly trusted: Readonly<Record<string, string>>
  readonly given: Readonly<Record<string, string>>
}

export function splitParams(
  { params = {} }: ProviderDefinition,
  { param = {} }: ConnectOptions,
): SplitParams {
  const isTrusted = ([name]: readonly [string, string]) =>
    Object.hasOwn(params, name) && params[name]?.trusted === true
  const all = Object.entries(param)
  return {
    trusted: Object.fromEntries(all.filter(isTrusted)),
    given: Object.fromEntries(all.filter((each) => !isTrusted(each))),
  }
}

/**
 * Where the connection will be. What a simulator made is kept only where the user has named a store: it has no business
 * among real connections. Throws a `CommandFailure` that names every variable that is missing.
 */
export async function openStore(
  definition: ProviderDefinition,
  options: ConnectOptions,
): Promise<StoreInUse> {
  if (options.simulator && options.store === undefined) return trialStore()
  const own = options.simulator ? [] : clientVariables(definition)
  requireVariables(definition, [...own, 'LATCHKEY_SECRET'])
  const store = fileStore(storePath(options))
  return { store, close: async () => store.close?.() }
}
