import { isOAuthError, OAuthError } from '../../errors/oauth-error.ts'
import type { HistoryDefinition, ProviderDefinition } from '../../provider/definition.ts'
import { asks } from '../../provider/history-check.ts'
import type { RunContext, SyncWindow, SyncWindows } from '../types.ts'
import { askHistory, type HistoryAnswer } from './answer.ts'
import { itemTime } from './bounds.ts'
import { type Position, readCursor, writeCursor } from './cursor.ts'
import { itemsOf, nextPosition, totalOf, Unusable } from './paging.ts'
import { historyRequest } from './request.ts'
import type { History, HistoryContext, HistoryPage } from './types.ts'

/** Days of a window, where the provider takes both bounds and says nothing else. */
const week = 7
const cursorRefusals = new Set([400, 404, 410, 422])

/**
 * What a backfill reads first of a provider, as its definition says: request, time bounds, paging. It yields pages, by hand
 * with `pages` or as a `run` of `createHistoricalSync` with `each`. Throws `definition_invalid` for a definition without
 * `history`.
 */
export function historyOf<P extends ProviderDefinition>(definition: P): History {
  const { history } = definition
  if (!history)
    throw new OAuthError({
      code: 'definition_invalid',
      provider: definition.id,
      providerName: definition.name,
      detail: 'the definition has no "history", so nothing says what to read',
      hint: 'Add "history" to the definition (docs/definitions.md), or read with client.fetch in a run of your own.',
    })
  const pages: History['pages'] = (window, context) => readPages(definition, history, window, context)
  return {
    windows: windowsOf(history),
    pages,
    each: (save) => ({
      windows: windowsOf(history),
      async run(window, context) {
        const own = withWindow(context, window)
        for await (const { items, cursor = null, total } of pages(window, context)) {
          if (items.length > 0) await save(items, own)
          await context.report({ cursor, records: items.length, ...(total !== undefined && { total }) })
        }
      },
    }),
  }
}

function windowsOf(history: HistoryDefinition): SyncWindows {
  const { maxDays = week } = history
  const isBounded = asks(history, 'since') && asks(history, 'until')
  return isBounded || history.maxDays !== undefined ? { days: Math.min(week, maxDays) } : 'whole'
}

function withWindow(context: RunContext, window: SyncWindow): RunContext & { readonly window: SyncWindow } {
  return {
    window,
    get connection() {
      return context.connection
    },
    cursor: context.cursor,
    signal: context.signal,
    fetch: (input, init) => context.fetch(input, init),
    report: (progress) => context.report(progress),
  }
}

async function* readPages(
  definition: ProviderDefinition,
  history: HistoryDefinition,
  window: SyncWindow,
  context: HistoryContext,
): AsyncGenerator<HistoryPage, void, undefined> {
  const fail = (code: 'params_invalid' | 'malformed_response', detail: string) =>
    new OAuthError({ code, provider: definition.id, providerName: definition.name, detail })
  if (!(window.from.getTime() <= window.to.getTime()))
    throw fail('params_invalid', 'a window needs two dates, "to" not before "from"')
  const scope = { definition, by: history.page?.by, window }
  let position: Position | undefined =
    context.cursor === undefined ? undefined : readCursor(scope, context.cursor)
  if (window.from.getTime() === window.to.getTime()) return
  let isKept = position !== undefined
  const { signal } = context
  const used = new Set<Position>()
  let before: string | undefined
  for (;;) {
    signal?.throwIfAborted()
    const { input, init } = historyRequest(
      definition,
      history,
      { window, params: context.connection.params },
      position,
    )
    const send = (ending: AbortSignal) => context.fetch(input, { ...init, signal: ending })
    let answer: HistoryAnswer
    try {
      answer = await askHistory(definition, send, signal)
    } catch (error) {
      // A cursor that was kept while the run was paused, failed or without a worker can have ended meanwhile.
      if (!isKept || !refusesCursor(error)) throw error
      isKept = false
      position = undefined
      continue
    }
    isKept = false
    let items: readonly unknown[]
    let next: Position | undefined
    try {
      items = itemsOf(history, answer)
      next = isBeyond(history, items, window) ? undefined : nextPosition(history, answer, items, position)
    } catch (error) {
      throw error instanceof Unusable ? fail('malformed_response', error.message) : error
    }
    if (position !== undefined) used.add(position)
    const start = typeof next === 'number' ? JSON.stringify([items[0], items.at(-1)]) : undefined
    if (next !== undefined && (used.has(next) || (start !== undefined && start === before)))
      throw fail(
        'malformed_response',
        'the pages do not move on: this one is followed by one that was read before',
      )
    before = start
    const total = totalOf(history, answer)
    yield {
      items: items.filter((item) => isInside(history, item, window)),
      ...(next !== undefined && { cursor: writeCursor(scope, next) }),
      ...(total !== undefined && { total }),
    }
    if (next === undefined) return
    position = next
  }
}

/** Whether an answer can mean that the provider does not take this cursor (any more). */
function refusesCursor(error: unknown): boolean {
  return isOAuthError(error) && error.code === 'provider_error' && cursorRefusals.has(error.status ?? 0)
}

/** Items without a readable time are kept. */
function isInside({ time }: HistoryDefinition, item: unknown, { from, to }: SyncWindow): boolean {
  const at = time && itemTime(item, time)
  return at === undefined || (at >= from.getTime() && at < to.getTime())
}

/** Whether a page ends outside the window in the order that is promised: what follows is outside, too. */
function isBeyond({ time }: HistoryDefinition, items: readonly unknown[], { from, to }: SyncWindow): boolean {
  const last = items.at(-1)
  const at = time?.order && last !== undefined ? itemTime(last, time) : undefined
  if (at === undefined) return false
  return time?.order === 'newest-first' ? at < from.getTime() : at >= to.getTime()
}
