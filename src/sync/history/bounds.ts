import type { HistoryDefinition } from '../../provider/definition.ts'
import { readFirst } from '../../provider/path.ts'
import type { SyncWindow } from '../types.ts'

type BoundFormat = NonNullable<HistoryDefinition['timeFormat']>
type ItemTime = NonNullable<HistoryDefinition['time']>

const hour = 3_600_000
const units: Readonly<Record<BoundFormat, number>> = {
  iso8601: 1_000,
  date: 24 * hour,
  'unix-seconds': 1_000,
  'unix-ms': 1,
}

/** The bounds as the provider reads them: rounded outwards, so that nothing of the window is missed. */
export function writeBounds(
  { timeFormat: format = 'iso8601', margin = 0 }: HistoryDefinition,
  { from, to }: SyncWindow,
): { readonly since: string; readonly until: string } {
  const unit = units[format]
  const since = Math.floor((from.getTime() - margin * hour) / unit) * unit
  const until = Math.ceil((to.getTime() + margin * hour) / unit) * unit
  return { since: write(since, format), until: write(until, format) }
}

function write(time: number, format: BoundFormat): string {
  if (format === 'unix-ms') return String(time)
  if (format === 'unix-seconds') return String(time / 1_000)
  const text = new Date(time).toISOString()
  // Some providers take no fraction.
  return format === 'date' ? text.slice(0, 10) : text.replace('.000Z', 'Z')
}

/** ms since 1970 of an item; `undefined` where none can be read. */
export function itemTime(item: unknown, { at, format = 'iso8601' }: ItemTime): number | undefined {
  const value = readFirst(item, at)
  const time = typeof value === 'string' || typeof value === 'number' ? read(value, format) : Number.NaN
  return Number.isFinite(time) ? time : undefined
}

function read(value: string | number, format: NonNullable<ItemTime['format']>): number {
  const text = String(value).trim()
  if (format === 'unix-ms' || format === 'unix-seconds')
    return /^\d+(?:\.\d+)?$/.test(text) ? Number(text) * (format === 'unix-ms' ? 1 : 1_000) : Number.NaN
  if (format === 'json-date')
    return Number(/^\/Date\((-?\d+)(?:[+-]\d{4})?\)\/$/.exec(text)?.[1] ?? Number.NaN)
  const [, day, clock, zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(Z|[+-]\d\d(?::?\d\d)?)?)?$/i.exec(text) ?? []
  if (day === undefined) return Number.NaN
  if (clock === undefined || format === 'date') return Date.parse(day)
  return Date.parse(
    `${day}T${clock}${zone.replace(/^([+-]\d\d):?(\d\d)?$/, (_all, h, m = '00') => `${h}:${m}`)}`,
  )
}
