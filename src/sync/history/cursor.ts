import { OAuthError } from '../../errors/oauth-error.ts'
import type { HistoryPageDefinition, ProviderDefinition } from '../../provider/definition.ts'
import type { SyncWindow } from '../types.ts'

/** Where a page begins: what the provider's answer said, a number of pages or items. */
export type Position = string | number

/** What a cursor holds for: one window of one provider, read in one way. */
export interface CursorScope {
  readonly definition: ProviderDefinition
  readonly by: HistoryPageDefinition['by'] | undefined
  readonly window: SyncWindow
}

const version = '1.'
const longest = 16_384

/**
 * A position as text that outlives the process. It is not sealed: it says no more than the provider's own paging, from which
 * credentials have been taken (`withoutCredentials`).
 */
export function writeCursor(scope: CursorScope, position: Position): string {
  return version + Buffer.from(JSON.stringify([...names(scope), position])).toString('base64url')
}

/**
 * The position a cursor stands for; `undefined` where it is of another window, another provider or another way of
 * paging, so that the window begins anew. Throws `params_invalid` for what `writeCursor` has not written.
 */
export function readCursor(scope: CursorScope, cursor: unknown): Position | undefined {
  const malformed = () =>
    new OAuthError({
      code: 'params_invalid',
      provider: scope.definition.id,
      providerName: scope.definition.name,
      detail: 'the cursor is not one of a history page',
      hint: 'Give back the cursor of a page as it was, or none to begin the window anew.',
    })
  if (typeof cursor !== 'string' || cursor.length > longest) throw malformed()
  // Of another release: it cannot be read, but it is no mistake.
  if (/^\d{1,6}\./.test(cursor) && !cursor.startsWith(version)) return undefined
  const value = cursor.startsWith(version) ? decode(cursor.slice(version.length)) : undefined
  if (!Array.isArray(value) || value.length !== 5) throw malformed()
  const [provider, by, from, to, position]: unknown[] = value
  if (typeof provider !== 'string' || typeof by !== 'string') throw malformed()
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || !isPosition(position)) throw malformed()
  if (names(scope).some((each, index) => each !== value[index])) return undefined
  const counts = by === 'number' || by === 'offset'
  if ((typeof position === 'number') !== counts) throw malformed()
  return position
}

function names({ definition, by, window }: CursorScope): readonly (string | number)[] {
  return [definition.id, by ?? '', window.from.getTime(), window.to.getTime()]
}

function decode(text: string): unknown {
  if (!/^[\w-]+$/.test(text)) return undefined
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    return undefined
  }
}

function isPosition(value: unknown): value is Position {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0
  return typeof value === 'string' && value !== ''
}
