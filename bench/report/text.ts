import type { Column, Outcome, Table, Unit } from './outcome.ts'

const whole = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 })

/** A number as its column writes it; what does not apply is left empty. */
function write(value: string | number | null, unit: Unit): string {
  if (value === null) return ''
  if (typeof value === 'string') return value
  if (unit === 'per-second') return `${whole.format(value)}/s`
  if (unit === 'ms') return `${value.toFixed(1)} ms`
  if (unit === 'us') return `${value.toFixed(value < 10 ? 2 : 1)} µs`
  if (unit === 'ratio') return value.toFixed(2)
  if (unit === 'spread') return `±${(value * 100).toFixed(0)}%`
  if (unit === 'mebibytes') return `${value.toFixed(1)} MiB`
  return whole.format(value)
}

/** As a Markdown table, which also reads well in a terminal. */
function tableText({ title, columns, rows }: Table): string {
  const lines = [columns.map((column) => column.title), ...rows.map((row) => writeRow(row, columns))]
  const widths = columns.map((_, place) => Math.max(...lines.map((line) => line[place]?.length ?? 0)))
  const pad = (text: string, place: number) => {
    const width = widths[place] ?? 0
    return columns[place]?.unit === 'text' ? text.padEnd(width) : text.padStart(width)
  }
  const [head = '', ...body] = lines.map((line) => `| ${line.map(pad).join(' | ')} |`)
  const rule = columns.map(({ unit }, place) => {
    const width = widths[place] ?? 0
    return unit === 'text' ? '-'.repeat(width) : `${'-'.repeat(Math.max(1, width - 1))}:`
  })
  return [`**${title}**`, '', head, `| ${rule.join(' | ')} |`, ...body].join('\n')
}

function writeRow(row: Table['rows'][number], columns: readonly Column[]): string[] {
  return row.map((value, place) => write(value, columns[place]?.unit ?? 'text'))
}

/** The scenario's tables, then each target and whether it is met. */
export function outcomeText({ tables, verdicts }: Outcome): string {
  const parts = tables.map(tableText)
  if (verdicts.length > 0) parts.push(tableText(verdictTable(verdicts)))
  return parts.join('\n\n')
}

function verdictTable(verdicts: Outcome['verdicts']): Table {
  return {
    title: 'targets',
    columns: ['what', 'target', 'measured', 'met'].map((title) => ({ title, unit: 'text' })),
    rows: verdicts.map(({ what, target, measured, met }) => [what, target, measured, met ? 'yes' : 'no']),
  }
}
