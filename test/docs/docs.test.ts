import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { providers } from '../../providers/index.ts'
import { defineProvider } from '../../src/provider/define.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const examples = readdirSync(join(root, 'examples')).filter((name) =>
  existsSync(join(root, 'examples', name, 'README.md')),
)
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'docs/custom-store.md',
  'docs/definitions.md',
  'docs/frameworks.md',
  'docs/observability.md',
  'docs/pitfalls.md',
  'docs/providers.md',
  'docs/reliability.md',
  'docs/stores.md',
  'docs/sync.md',
  ...examples.map((name) => `examples/${name}/README.md`),
]

/** A heading as GitHub writes its anchor. */
const anchor = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')

describe('the documentation', () => {
  it.each(pages)('%s leads to files and headings that exist', (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)]
    for (const [, file = '', fragment] of links) {
      const target = file === '' ? page : join(dirname(page), file)
      expect(existsSync(join(root, target)), `${page}: ${target}`).toBe(true)
      if (fragment === undefined) continue
      const headings = [...read(target).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchor(heading))
      expect(headings, `${page}: #${fragment}`).toContain(fragment)
    }
  })

  it('shows lines of the examples that are in the examples', () => {
    const blocks = [
      ...read('docs/frameworks.md').matchAll(/<!-- from (examples\/\S+) -->\n```\w+\n([\s\S]*?)```/g),
    ]
    expect(blocks.length).toBe(7)
    for (const [, file = '', code = ''] of blocks) {
      const lines = read(file)
        .split('\n')
        .map((line) => line.trim())
      for (const line of code.split('\n').map((each) => each.trim()))
        expect(lines, `${file}: ${line}`).toContain(line)
    }
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
