import { type ClientContext, inContext, templateParams } from '../context.ts'
import { isOAuthError, type OAuthError } from '../errors/oauth-error.ts'
import { reportError } from '../hooks.ts'
import type { Params } from '../provider/params.ts'
import { encodeConnectionKey } from '../stores/connection-key.ts'
import type { ConnectionStatus, ConnectionTokens, TokenChain } from '../types.ts'
import { contested, mostSaves, toConnection, withTokens } from './connection-record.ts'
import { chainOf, isOther, putChain } from './freshness.ts'
import { type Held, notFound, open } from './held.ts'
import { revokeTokens } from './revoke.ts'

/** What a refresh has changed. */
export interface Renewed {
  /** By the chain's name; `undefined` is the connection's own. */
  readonly chains: ReadonlyMap<string | undefined, TokenChain>
  /** When the provider gave them; a save may come much later. */
  readonly obtainedAt?: Date
  readonly params?: Params
  readonly status?: ConnectionStatus
}

/**
 * Saves renewed tokens before anybody sees them: compare-and-set on the version that was read. A record that others have
 * changed meanwhile is merged, chain by chain, so that a rotated token is not lost to a write about something else, and
 * newer tokens are not overwritten by a late one. Where the store cannot take them, this process holds them and keeps
 * trying. Throws `connection_not_found` where a disconnect was first; then the new tokens are revoked.
 */
export async function saveRenewed(context: ClientContext, read: Held, fresh: Renewed): Promise<Held> {
  const id = encodeConnectionKey(read.record)
  const earlier = context.unsaved.get(id)
  const ancestors = [...(earlier?.ancestors ?? []), read.tokens]
  const stored = earlier?.stored ?? read
  const renewed = earlier ? over(earlier.renewed, fresh) : fresh
  const save = () => compareAndSave(context, stored, renewed, ancestors)
  try {
    const saved = await save()
    context.unsaved.drop(id)
    return saved
  } catch (error) {
    if (!isOAuthError(error) || !keepsTokens(error)) {
      context.unsaved.drop(id)
      throw error
    }
    const merged = merge(context, stored, renewed, ancestors) ?? stored
    report(context, merged, error)
    context.unsaved.hold(id, {
      held: merged,
      stored,
      renewed,
      ancestors,
      owner: context,
      async save() {
        try {
          await save()
        } catch (again) {
          if (isOAuthError(again)) report(context, merged, again)
          // Not there any more: the user has disconnected, and the tokens have been revoked.
          if (!isOAuthError(again) || keepsTokens(again)) throw again
        }
      },
    })
    return merged
  }
}

function over(earlier: Renewed, later: Renewed): Renewed {
  return {
    ...earlier,
    ...later,
    chains: new Map([...earlier.chains, ...later.chains]),
    params: { ...earlier.params, ...later.params },
  }
}

/** Whether an error leaves the hope that the same write works later. */
function keepsTokens({ code }: OAuthError): boolean {
  return code === 'store_failed' || code === 'record_unreadable'
}

function report(context: ClientContext, { record }: Held, error: OAuthError): void {
  reportError(context, error, toConnection(record))
}

async function compareAndSave(
  context: ClientContext,
  read: Held,
  renewed: Renewed,
  ancestors: readonly ConnectionTokens[],
): Promise<Held> {
  let current = read
  for (let attempt = 1; attempt <= mostSaves; attempt++) {
    const merged = merge(context, current, renewed, ancestors)
    if (!merged) return current
    const expectedVersion = current.record.version
    if (await context.store.save(merged.record, { expectedVersion })) return merged
    const record = await context.store.load(current.record)
    if (!record) {
      await revokeOrphans(context, merged)
      throw notFound(context)
    }
    current = open(context, record)
  }
  throw contested(context)
}

/** The renewed chains in the places where their ancestors still stand; nothing where none does: what is newer stays. */
function merge(
  context: ClientContext,
  { record, tokens: current }: Held,
  { chains, obtainedAt, params, status }: Renewed,
  ancestors: readonly ConnectionTokens[],
): Held | undefined {
  let tokens: ConnectionTokens | undefined
  for (const [name, chain] of chains) {
    const stands = chainOf(current, name)
    if (stands && ancestors.some((each) => !isOther(chainOf(each, name), stands)))
      tokens = putChain(tokens ?? current, name, chain)
  }
  if (!tokens) return undefined
  const base = { ...record, params: { ...record.params, ...params }, status: status ?? record.status }
  const renewed = withTokens(context, base, tokens)
  return { record: { ...renewed, refreshedAt: obtainedAt ?? record.refreshedAt }, tokens }
}

/** The connection has been ended while its tokens were being renewed: the last ones must not live on unseen. */
async function revokeOrphans(context: ClientContext, { record, tokens }: Held): Promise<void> {
  try {
    const { error } = await revokeTokens(context, tokens, templateParams(context, record))
    if (error) report(context, { record, tokens }, error)
  } catch (error) {
    const known = inContext(context, error)
    if (!isOAuthError(known)) throw known
    report(context, { record, tokens }, known)
  }
}
