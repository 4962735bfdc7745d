/** Words for the generated documentation. */

const units: readonly (readonly [seconds: number, name: string])[] = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
]

/** `1 hour`, `60 days`; what is a little off a whole number is "about": 3599 s is about 1 hour. */
export function duration(seconds: number): string {
  for (const [size, name] of units) {
    const number = Math.round(seconds / size)
    if (number < 1 || Math.abs(number * size - seconds) > seconds / 100) continue
    return `${number * size === seconds ? '' : 'about '}${number} ${name}${number === 1 ? '' : 's'}`
  }
  return `${seconds} seconds`
}

/** `a, b and c`. */
export function listed(words: readonly string[], last = 'and'): string {
  if (words.length < 2) return words.join('')
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`
}

export function code(text: string): string {
  return text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``
}

/** Prose from a definition: what stands between backticks stays, the rest may hold no markup by accident. */
export function prose(text: string): string {
  const parts = text.split('`')
  return parts.map((part, i) => (i % 2 === 1 ? part : part.replace(/[*<]/g, '\\$&'))).join('`')
}

/** The first letter as a sentence begins, and a full stop. */
export function sentence(text: string): string {
  const words = prose(text.trim())
  // A name such as `https` or `client_id` keeps its letters.
  const begin = /^[a-z]+(?:[ ,.]|$)/.test(words) && !/^https?\b/.test(words)
  return (
    (begin ? words.slice(0, 1).toUpperCase() + words.slice(1) : words) + (/[.!?]$/.test(words) ? '' : '.')
  )
}

/** Cells are aligned for those who read the text itself. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replace(/\|/g, '\\|')))
  const widths = head.map((_cell, i) => Math.max(3, ...cells.map((row) => [...(row[i] ?? '')].length)))
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, i) => (row[i] ?? '') + ' '.repeat(width - [...(row[i] ?? '')].length)).join(' | ')} |`
  const [first = [], ...rest] = cells
  return [line(first), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rest.map(line)]
}
