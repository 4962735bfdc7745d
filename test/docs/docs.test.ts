import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { providers } from '../../providers/index.ts'
import { defineProvider } from '../../src/provider/define.ts'
import { docsPages, pages, read, root } from './blocks/pages.ts'

/** What the links of a page lead to, beside the web: a file, and a place in it. */
const linksOf = (page: string) =>
  [...read(page).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].map(([, file = '', fragment]) => ({
    file: file === '' ? page : join(dirname(page), file),
    fragment,
  }))

/** Where a page can be entered: headings as GitHub writes their anchors, the second of a name with `-1`, and marks. */
function anchorsOf(page: string): Set<string> {
  const text = read(page)
  const anchors = new Set([...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id))
  const seen = new Map<string, number>()
  for (const [, heading = ''] of text.matchAll(/^#+ (.*)$/gm)) {
    const name = heading
      .replace(/<[^>]*>/g, '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-')
    const before = seen.get(name) ?? 0
    seen.set(name, before + 1)
    anchors.add(before === 0 ? name : `${name}-${before}`)
  }
  return anchors
}

describe('the documentation', () => {
  it.each(pages)('%s leads to files and headings that exist', (page) => {
    for (const { file, fragment } of linksOf(page)) {
      expect(existsSync(join(root, file)), `${page}: ${file}`).toBe(true)
      if (fragment !== undefined) expect(anchorsOf(file), `${page}: ${file}#${fragment}`).toContain(fragment)
    }
  })

  it('can be reached as a whole from docs/README.md, and that from the README', () => {
    const reached = new Set(['docs/README.md'])
    for (const page of reached)
      if (page === 'docs/README.md' || page === 'docs/api/README.md' || page === 'docs/migrate/README.md')
        for (const { file } of linksOf(page)) if (file.endsWith('.md')) reached.add(file)
    expect(docsPages.filter((page) => !reached.has(page))).toEqual([])
    expect(linksOf('README.md').map(({ file }) => file)).toContain('docs/README.md')
  })

  it('shows a definition in JSON that is one', () => {
    const example = /```json\n([\s\S]*?)```/.exec(read('docs/definitions.md'))?.[1] ?? ''
    expect(defineProvider(JSON.parse(example)).id).toBe('acme')
  })

  it('shows a mistake as it is told', () => {
    const [, path = '', told = ''] =
      /`definition_invalid - (authorization\.pkse): ([^`]*)`/.exec(read('docs/definitions.md')) ?? []
    const example = JSON.parse(/```json\n([\s\S]*?)```/.exec(read('docs/definitions.md'))?.[1] ?? '')
    example.authorization.pkse = 'required'
    expect(() => defineProvider(example)).toThrow(`${path}: ${told}`)
  })

  it('lists every integration in the README, and counts them', () => {
    const section = /## Integrations\n([\s\S]*?)\n## /.exec(read('README.md'))?.[1] ?? ''
    for (const { id } of providers) expect(section, id).toMatch(new RegExp(`\\b${id}\\b`))
    expect(read('README.md')).toContain(`${providers.length - 2} integrations connect`)
  })
})
