/** A provider's body, decided by what it is; its `Content-Type` is a hint only (DESIGN §5). */
export type Body =
  | { readonly kind: 'empty' }
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'html'; readonly title?: string }
  | { readonly kind: 'form'; readonly value: Readonly<Record<string, string>> }
  | { readonly kind: 'unreadable' }

/** Decides what a body is. Never throws. */
export function readBody(bytes: Uint8Array, options: { readonly formEncoded?: boolean } = {}): Body {
  const text = decodeUtf8(bytes)
  if (text !== undefined) return readBodyText(text, options)
  // A page in another encoding is still a page, and its title says which.
  const latin = Buffer.from(bytes.subarray(0, 65_536)).toString('latin1')
  return isMarkup(latin.trimStart()) && !latin.includes('\0') ? page(latin) : { kind: 'unreadable' }
}

function isMarkup(text: string): boolean {
  return /^<[!?/a-z]/i.test(text)
}

function page(text: string): Body {
  const title = readTitle(text)
  return title === undefined ? { kind: 'html' } : { kind: 'html', title }
}

/** The same for text that was decoded already. */
export function readBodyText(raw: string, options: { readonly formEncoded?: boolean } = {}): Body {
  const text = raw.replace(/^\uFEFF/, '').trim()
  if (text === '') return { kind: 'empty' }
  try {
    return { kind: 'json', value: JSON.parse(text) }
  } catch {
    // Not JSON; a parser's error quotes the body, so nothing of it is kept.
  }
  if (isMarkup(text)) return page(text)
  if (options.formEncoded && /^[^\s=&<>{}"]+=[^\s<>{}"]*$/.test(text)) {
    return { kind: 'form', value: Object.fromEntries(new URLSearchParams(text)) }
  }
  return { kind: 'unreadable' }
}

/** Made at first use: Node puts the class in its place when it is first touched, and an import changes no global. */
let utf8: InstanceType<typeof TextDecoder> | undefined

/** Strict UTF-8: a token that was decoded wrongly would be stored as another token. UTF-16 fails here too. */
function decodeUtf8(bytes: Uint8Array): string | undefined {
  if ((bytes[0] === 0xfe && bytes[1] === 0xff) || (bytes[0] === 0xff && bytes[1] === 0xfe)) return undefined
  utf8 ??= new TextDecoder('utf-8', { fatal: true })
  try {
    const text = utf8.decode(bytes)
    return text.includes('\0') ? undefined : text
  } catch {
    return undefined
  }
}

const entities = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['nbsp', ' '],
])

/** Longer than what its reader looks at, so that it knows of the cut. */
const longestTitle = 20_000

/** The page's title as plain text: the one part of a page that helps at 3 a.m. Its reader bounds and cleans it. */
function readTitle(markup: string): string | undefined {
  const title = /<title[^<>]{0,200}>([^<]*)/i.exec(markup.slice(0, 65_536))?.[1]
  const text = title
    ?.replace(/&(#\d{1,6}|#x[0-9a-f]{1,5}|[a-z]+);/gi, (all, name: string) => {
      if (!name.startsWith('#')) return entities.get(name.toLowerCase()) ?? all
      const point = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
      return point <= 0x10ffff ? String.fromCodePoint(point) : all
    })
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, longestTitle)
  return text || undefined
}
