import { createHash } from 'node:crypto'
import type { HistoryDefinition } from '../provider/definition.ts'
import type { AskedHistory } from './history-request.ts'
import { Refusal } from './provider-error.ts'
import type { Simulation } from './simulation.ts'
import { firstPath, writePath } from './write-path.ts'

type BoundFormat = NonNullable<HistoryDefinition['timeFormat']>
type TimeFormat = NonNullable<NonNullable<HistoryDefinition['time']>['format']>

/** ms since 1970, from and without to. */
export interface HistorySpan {
  readonly from: number
  readonly to: number
}

interface Moment {
  readonly id: string
  /** ms since 1970 */
  readonly time: number
}

const day = 86_400_000
/** What is listed where nobody asks for less; more than the usual three months, so that there is something to leave out. */
const unboundedDays = 120
const usualDays = 90

/** The part of the time that is asked for, as far as the provider hands it out. */
export function askedSpan(simulation: Simulation, asked: AskedHistory): HistorySpan {
  const { history } = simulation.definition
  const { timeFormat: format = 'iso8601', maxDays, maxMonths } = history ?? {}
  const now = simulation.clock()
  const isBounded = JSON.stringify(history).includes('{since}')
  const usual = now - (isBounded ? usualDays : unboundedDays) * day
  const since = asked.since === undefined ? usual : parseBound(asked.since, format)
  const until = asked.until === undefined ? now : parseBound(asked.until, format)
  const from = Math.max(since, maxMonths === undefined ? since : monthsBefore(now, maxMonths))
  return { from, to: Math.min(now, until, maxDays === undefined ? until : from + maxDays * day) }
}

/**
 * One item a day, always the same for one account whichever part of the time is asked for: oldest first, or in the order
 * that the definition promises.
 */
export function historyItems(
  simulation: Simulation,
  { from, to }: HistorySpan,
  account: string,
): readonly unknown[] {
  const { history } = simulation.definition
  if (!history) return []
  const { format } = history.time ?? {}
  const moments: Moment[] = []
  for (let index = Math.floor(from / day); index * day < to; index++) {
    const time = index * day + (format === 'date' ? 0 : secondOfDay(account, index) * 1_000)
    if (time >= from && time < to) moments.push({ id: `item-${index}`, time })
  }
  if (history.time?.order === 'newest-first') moments.reverse()
  return moments.map((moment) => writeItem(history, moment))
}

function secondOfDay(account: string, index: number): number {
  return createHash('sha256').update(`${account}:${index}`).digest().readUInt32BE(0) % 86_400
}

function writeItem(history: HistoryDefinition, { id, time }: Moment): unknown {
  const { at = 'created_at', format = 'iso8601' } = history.time ?? {}
  const iso = new Date(time).toISOString()
  let item: unknown = { name: `Item of ${iso.slice(0, 10)}` }
  item = writePath(item, firstPath(history.id ?? 'id'), id)
  if (history.page?.by === 'last-item') item = writePath(item, history.page.at, id)
  return writePath(item, firstPath(at), written[format](time))
}

const written: Readonly<Record<TimeFormat, (time: number) => unknown>> = {
  iso8601: (time) => new Date(time).toISOString(),
  date: (time) => new Date(time).toISOString().slice(0, 10),
  'unix-seconds': (time) => time / 1_000,
  'unix-ms': (time) => time,
  'json-date': (time) => `/Date(${time}+0000)/`,
}

function monthsBefore(now: number, months: number): number {
  const date = new Date(now)
  return date.setUTCMonth(date.getUTCMonth() - months)
}

const shapes: Readonly<Record<BoundFormat, RegExp>> = {
  iso8601: /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/,
  date: /^\d{4}-\d\d-\d\d$/,
  'unix-seconds': /^\d{9,11}(?:\.\d+)?$/,
  'unix-ms': /^\d{12,14}$/,
}

function parseBound(text: string, format: BoundFormat): number {
  const time = !shapes[format].test(text)
    ? Number.NaN
    : format === 'unix-seconds'
      ? Number(text) * 1_000
      : format === 'unix-ms'
        ? Number(text)
        : Date.parse(text)
  if (Number.isNaN(time)) throw new Refusal('invalid_request', 'The time bound is not written as it is here')
  return time
}
