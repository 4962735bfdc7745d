/** Never in an id (`assertId`), and nobody's ordinary text: what follows it is one escaped character. */
const introducer = '\u001a'
/** What a text column cannot hold: NUL, and lone surrogates, which would all become one character in UTF-8. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must be escaped
const unstorable = /[\u0000\u001a]|\p{Surrogate}/gu
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape
const escaped = /\u001a([\w-])([\w-])/g
const sixBits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/**
 * Text as a Postgres column of type `text` can hold it; ordinary text is left as it is, and no two texts become one.
 * Three bytes for each such character, so that three ids together stay within an index entry (2704 bytes).
 */
export function toStoredText(text: string): string {
  return text.replace(unstorable, (character) => {
    const unit = character.charCodeAt(0)
    // The 2048 surrogates, and after them the two control characters.
    const code = unit >= 0xd800 ? unit - 0xd800 : 2_048 + unit
    return `${introducer}${sixBits.charAt(code >> 6)}${sixBits.charAt(code & 63)}`
  })
}

/** The inverse of `toStoredText`. */
export function fromStoredText(text: string): string {
  return text.replace(escaped, (_all, high: string, low: string) => {
    const code = (sixBits.indexOf(high) << 6) + sixBits.indexOf(low)
    return String.fromCharCode(code < 2_048 ? code + 0xd800 : code - 2_048)
  })
}
