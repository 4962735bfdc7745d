const isTerminal = process.stdout.isTTY === true
const paint = (code: string, text: string) => (isTerminal ? `\u001b[${code}m${text}\u001b[0m` : text)

export const bold = (text: string) => paint('1', text)
export const green = (text: string) => paint('32', text)
const dim = (text: string) => paint('2', text)

/** Rows that are printed as they come, in columns of fixed width; the last column is not cut. */
export function table(columns: readonly (readonly [title: string, width: number])[]) {
  const line = (cells: readonly string[]) =>
    columns
      .map(([, width], index) => {
        const cell = cells[index] ?? ''
        if (index === columns.length - 1) return cell
        return (cell.length > width ? `${cell.slice(0, width - 1)}…` : cell).padEnd(width)
      })
      .join('  ')
      .trimEnd()
  console.log(bold(line(columns.map(([title]) => title))))
  console.log(dim(columns.map(([, width]) => '-'.repeat(width)).join('  ')))
  return {
    row(...cells: string[]) {
      clearProgress()
      console.log(line(cells))
    },
    /** Words between rows. */
    note(text: string) {
      clearProgress()
      console.log(dim(text))
    },
  }
}

/** One line that is written over on a terminal, and nothing elsewhere. */
export function progress(text: string): void {
  if (isTerminal) process.stdout.write(`\r\u001b[2K${dim(text)}`)
}

function clearProgress(): void {
  if (isTerminal) process.stdout.write('\r\u001b[2K')
}
