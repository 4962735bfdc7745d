import type { HistoryDefinition, ProviderDefinition } from './definition.ts'
import { strings } from './placeholders.ts'

/** What a schema cannot see of a history: bounds, positions and the ways to go on have to belong together. */
export function historyMistakes({ history }: ProviderDefinition): string[] {
  if (!history) return []
  const { timeFormat, margin, maxDays, items, emptyWith, page } = history
  const mistakes: string[] = []
  const isBounded = asks(history, 'since') || asks(history, 'until')
  if (timeFormat !== undefined && !isBounded)
    mistakes.push('history.timeFormat: there is no {since} and no {until} that would be written so')
  if (margin !== undefined && !isBounded)
    mistakes.push('history.margin: there is no {since} and no {until} that could be wider')
  if (margin !== undefined && !history.time)
    mistakes.push('history.margin: without history.time, what is too much cannot be dropped')
  if (maxDays !== undefined && !asks(history, 'since'))
    mistakes.push('history.maxDays: without {since} no call can ask for other days')
  if (emptyWith !== undefined && items === undefined)
    mistakes.push('history.emptyWith: without history.items the body itself is the list')
  const counts = page?.by === 'number' || page?.by === 'offset'
  if (asks(history, 'position') && !counts)
    mistakes.push('history: {position} needs history.page by "number" or "offset"')
  if (!page || page.by === 'url' || page.by === 'link') return mistakes
  if (page.query !== undefined && page.json !== undefined)
    mistakes.push('history.page: query and json; it goes to one place only')
  if (page.query === undefined && page.json === undefined && !(counts && asks(history, 'position')))
    mistakes.push(
      `history.page: by "${page.by}" needs query or json: where it goes in the next request${counts ? ', or {position} in the request' : ''}`,
    )
  if (page.by === 'cursor' && page.resource !== undefined && page.query !== undefined)
    mistakes.push('history.page.resource: its only body is the cursor, so page.json must say where')
  return mistakes
}

/** Whether the request holds a placeholder, also inside longer text of its body. */
export function asks(
  { resource, json, headers }: Pick<HistoryDefinition, 'resource' | 'json' | 'headers'>,
  name: 'since' | 'until' | 'position',
): boolean {
  return [...strings({ resource, json, headers })].some(([, text]) => text.includes(`{${name}}`))
}
