/** The lines of a block that are not in the text, in that order; indentation and empty lines aside. */
export function linesMissing(code: string, text: string): string[] {
  const lines = text.split('\n').map((line) => line.trim())
  let from = 0
  return code
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .filter((line) => {
      const found = lines.indexOf(line, from)
      if (found >= 0) from = found + 1
      return found < 0
    })
}
