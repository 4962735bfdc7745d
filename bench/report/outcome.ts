/** What a column's numbers are; it decides how they are written. */
export type Unit = 'per-second' | 'ms' | 'us' | 'ratio' | 'spread' | 'mebibytes' | 'bytes' | 'count' | 'text'

export interface Column {
  readonly title: string
  readonly unit: Unit
}

/** Numbers are kept as measured (`--json`) and rounded when they are written. `null`: does not apply. */
export interface Table {
  readonly title: string
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly (string | number | null)[])[]
}

export interface Verdict {
  readonly what: string
  readonly target: string
  readonly measured: string
  readonly met: boolean
}

/** What one scenario has to say. */
export interface Outcome {
  readonly scenario: string
  readonly tables: readonly Table[]
  readonly verdicts: readonly Verdict[]
}

/** Sends a scenario's outcome to `bench/main.ts`, or prints it where the scenario was started by hand. */
export function report(outcome: Outcome): void {
  if (process.send) process.send(outcome)
  else console.log(JSON.stringify(outcome, null, 2))
}
