import { sanitizeWords } from '../errors/message.ts'

/** Data, on stdout: it can be piped. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** Words for the person at the terminal, on stderr: they never get between data. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`)
}

export function printJson(value: unknown): void {
  print(escapeControls(JSON.stringify(value, null, 2)))
}

/** JSON leaves C1 controls as they are, and terminals obey some of them. */
function escapeControls(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Words of a provider or a file, without what a terminal would obey. */
export function plain(text: string): string {
  return sanitizeWords(text, [])
}

/** Lines of aligned columns; the last one is as long as it is. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const cells = [head, ...rows].map((row) => row.map(plain))
  const widths = head.map((_title, at) => Math.max(...cells.map((row) => (row[at] ?? '').length)))
  return cells.map((row) => line(row, widths))
}

/** A row of columns whose widths are known beforehand. */
export function line(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, at) => (at === cells.length - 1 ? cell : cell.padEnd(widths[at] ?? 0)))
    .join('  ')
    .trimEnd()
}

const columns = 100

/** Text in lines of at most 100 columns behind a label of `indent` columns; a word that is longer stays whole. */
export function labelled(label: string, text: string, indent: number): string {
  const lines: string[] = []
  let current = ''
  for (const word of plainLong(text).split(' ')) {
    if (current !== '' && indent + current.length + 1 + word.length > columns) {
      lines.push(current)
      current = word
    } else current = current === '' ? word : `${current} ${word}`
  }
  lines.push(current)
  return lines.map((each, at) => (at === 0 ? label : '').padEnd(indent) + each).join('\n')
}

/** `plain` cuts at 500 characters, which a list of scopes exceeds. */
function plainLong(text: string): string {
  return text.split(' ').map(plain).join(' ')
}
