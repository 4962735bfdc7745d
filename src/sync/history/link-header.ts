/**
 * The target of `rel="next"` in a `Link` header (RFC 8288 §3), as it is written there. Commas, semicolons and brackets
 * inside of targets and quoted values separate nothing; a link with an `anchor` speaks of another resource (§3.2).
 */
export function nextLink(header: string | null | undefined): string | undefined {
  for (const { target, params } of parseLinks(header ?? '')) {
    const rel = params.get('rel')
    if (params.has('anchor') || rel === undefined) continue
    if (
      rel
        .toLowerCase()
        .split(/[ \t]+/)
        .includes('next')
    )
      return target
  }
  return undefined
}

interface Link {
  readonly target: string
  /** By name in lower case. Of a name that comes twice the first counts (RFC 8288 §3.3). */
  readonly params: ReadonlyMap<string, string>
}

const target = /[ \t,]*<([^>]*)>/y
const param = /[ \t]*;[ \t]*([\w!#$%&'*+.^`|~-]+)(?:[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^ \t;,"]*)))?/y
/** What is left of a link that is not written as the RFC has it, up to the comma that ends it. */
const rest = /(?:"(?:[^"\\]|\\.)*"?|[^",])*/y

function parseLinks(text: string): readonly Link[] {
  const links: Link[] = []
  let at = 0
  const take = (expression: RegExp): RegExpExecArray | null => {
    expression.lastIndex = at
    const found = expression.exec(text)
    if (found) at = expression.lastIndex
    return found
  }
  while (at < text.length) {
    const start = at
    const found = take(target)
    const params = new Map<string, string>()
    for (let each = found && take(param); each; each = take(param)) {
      const [, name = '', quoted, plain = ''] = each
      const key = name.toLowerCase()
      if (!params.has(key)) params.set(key, quoted?.replace(/\\(.)/g, '$1') ?? plain)
    }
    if (found) links.push({ target: (found[1] ?? '').trim(), params })
    take(rest)
    if (text[at] === ',') at += 1
    if (at === start) break
  }
  return links
}
