import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const page = fileURLToPath(new URL('../../docs/performance.md', import.meta.url))

/**
 * Puts texts between their markers (`<!-- bench:callback -->` … `<!-- /bench -->`) in docs/performance.md. Throws,
 * changing nothing, where the page has no such place.
 */
export function writeDocument(texts: Readonly<Record<string, string>>): void {
  let content = readFileSync(page, 'utf8')
  for (const [name, text] of Object.entries(texts)) {
    const place = new RegExp(`(<!-- bench:${name} -->\\n)[\\s\\S]*?(<!-- /bench -->)`)
    if (!place.test(content)) throw new Error(`docs/performance.md has no place for bench:${name}`)
    content = content.replace(place, (_all, begin: string, end: string) => `${begin}\n${text}\n\n${end}`)
  }
  writeFileSync(page, content)
}
