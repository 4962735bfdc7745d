/** What may be said about a code block, in an HTML comment above it. docs/writing.md tells authors. */
const markerNames = [
  'given for this page',
  'given',
  'continues',
  'file',
  'from',
  'run',
  'prints',
  'not checked',
] as const

type MarkerName = (typeof markerNames)[number]

/** A fenced block of a page, with what the comments above it say. */
export interface Block {
  /** Relative to the repository. */
  readonly page: string
  /** Of its first line of code, counted from 1. */
  readonly line: number
  readonly language: string
  readonly code: string
  /** Empty text for a marker that is one word. */
  readonly markers: ReadonlyMap<MarkerName, string>
}

export interface Page {
  readonly page: string
  readonly blocks: readonly Block[]
  /** `given for this page`, all of them. */
  readonly given: string
  /** Files that are not shown, by name. */
  readonly files: ReadonlyMap<string, string>
}

/** Throws on a block without a language, an unknown marker, and a marker above no block. */
export function readPage(page: string, text: string): Page {
  const lines = text.split('\n')
  const blocks: Block[] = []
  const given: string[] = []
  const files = new Map<string, string>()
  let markers = new Map<MarkerName, string>()
  /** Comments that are no markers: fine anywhere but above a block, where they may be meant as one. */
  let others: string[] = []
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? ''
    const wrong = (words: string) => new Error(`${page}:${index + 1}: ${words}`)
    const fence = readFence(lines, index, wrong)
    const comment = fence ? undefined : readComment(lines, index, wrong)
    if (fence) {
      if (others.length > 0) throw wrong(`an unknown marker: ${others[0]}`)
      blocks.push({ page, line: index + 2, language: fence.language, code: fence.code, markers })
      markers = new Map()
      index = fence.end
    } else if (comment) {
      index = comment.end
      const marker = readMarker(comment.words)
      if (marker === undefined) others.push(comment.words.split('\n')[0] ?? '')
      else if (marker.name === 'given for this page') given.push(marker.value)
      else if (marker.content !== undefined) files.set(marker.value, marker.content)
      else if (marker.name === 'not checked' && marker.value === '')
        throw wrong('`not checked` needs its reason')
      else markers.set(marker.name, marker.value)
    } else if (line.trim() !== '') {
      others = []
      if (markers.size > 0) throw wrong(`\`${[...markers.keys()].join('`, `')}\` stands above no code block`)
    }
  }
  if (markers.size > 0) throw new Error(`${page}: the last marker stands above no code block`)
  return { page, blocks, given: given.join('\n'), files }
}

type Wrong = (words: string) => Error

function readFence(lines: readonly string[], start: number, wrong: Wrong) {
  const fence = /^( *)(`{3,})(.*)$/.exec(lines[start] ?? '')
  if (!fence) return undefined
  const [, indent = '', ticks = '', info = ''] = fence
  const end = lines.findIndex((line, at) => at > start && line.trim() === ticks)
  if (end < 0) throw wrong('a code block that does not end')
  const language = info.trim()
  if (!/^\w+$/.test(language))
    throw wrong('a code block needs a language and nothing else: `text` for output')
  const inside = lines.slice(start + 1, end)
  const code = inside.map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
  return { language, code: `${code.join('\n')}\n`, end }
}

function readComment(lines: readonly string[], start: number, wrong: Wrong) {
  if (!lines[start]?.trimStart().startsWith('<!--')) return undefined
  const end = lines.findIndex((line, at) => at >= start && line.includes('-->'))
  if (end < 0) throw wrong('a comment that does not end')
  const comment = lines.slice(start, end + 1).join('\n')
  return { words: comment.slice(comment.indexOf('<!--') + 4, comment.lastIndexOf('-->')).trim(), end }
}

/** `content`: of a file that is not shown, whose name is the value. */
function readMarker(words: string) {
  const name = markerNames.find((each) => new RegExp(`^${each}(?=:|\\s|$)`).test(words))
  if (name === undefined) return undefined
  const value = words.slice(name.length).replace(/^:/, '').trim()
  const [, file, content] = (name === 'file' && /^(\S+)\n([\s\S]*)$/.exec(value)) || []
  return { name, value: file ?? value, content }
}
