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
  return text === undefined ? { kind: 'unreadable' } : readBodyText(text, options)
}

export function readBodyText(raw: string, options: { readonly formEncoded?: boolean } = {}): Body {
  const text = raw.replace(/^\uFEFF/, '').trim()
  if (text === '') return { kind: 'empty' }
  try {
    return { kind: 'json', value: JSON.parse(text) }
  } catch {
    // Not JSON; a parser's error quotes the body, so nothing of it is kept.
  }
  if (/^<[!?a-z]/i.test(text)) {
    const title = readTitle(text)
    return title === undefined ? { kind: 'html' } : { kind: 'html', title }
  }
  if (options.formEncoded && /^[^\s=&<>{}"]+=[^\s<>{}"]*(?:&[^\s<>{}"]*)*$/.test(text)) {
    return { kind: 'form', value: Object.fromEntries(new URLSearchParams(text)) }
  }
  return { kind: 'unreadable' }
}

/** Strict UTF-8: a token that was decoded wrongly would be stored as another token. UTF-16 fails here too. */
function decodeUtf8(bytes: Uint8Array): string | undefined {
  if ((bytes[0] === 0xfe && bytes[1] === 0xff) || (bytes[0] === 0xff && bytes[1] === 0xfe)) return undefined
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return text.includes('\0') ? undefined : text
  } catch {
    return undefined
  }
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

/** The page's title as plain text, bounded: the one part of a page that helps at 3 a.m. */
function readTitle(markup: string): string | undefined {
  const title = /<title[^<>]{0,200}>([^<]{0,400})/i.exec(markup.slice(0, 65_536))?.[1]
  const text = title
    ?.replace(/&(#\d{1,6}|#x[0-9a-f]{1,5}|[a-z]+);/gi, (all, name: string) => {
      if (!name.startsWith('#')) return entities[name.toLowerCase()] ?? all
      const point = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1))
      return point <= 0x10ffff ? String.fromCodePoint(point) : all
    })
    .replace(/\s+/g, ' ')
    .trim()
  return text || undefined
}
