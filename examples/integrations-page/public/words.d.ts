import type { HistoricalSyncRun } from 'latchkey/sync'

type Time = Date | string
type Failure = { readonly code: string; readonly message: string; readonly hint: string }

export function timeWords(time: Time, zone?: string): string
export function countWords(count: number, one: string, many?: string): string
export function runWords(run: HistoricalSyncRun): {
  readonly headline: string
  readonly detail: string
  readonly percent: string
  readonly value?: number
  readonly hasBar: boolean
}
export function rangeWords(run: HistoricalSyncRun): string
export function runMark(run: HistoricalSyncRun): string
export function syncFailureWords(
  failure: Failure,
  name: string,
): { readonly happened: string; readonly next: string }
export const connectFailures: Readonly<Record<string, string>>
export function connectFailureWords(code: string, name: string): string
export function keyRefusedWords(name: string): string
