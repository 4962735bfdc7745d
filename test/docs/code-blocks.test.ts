import { beforeAll, describe, expect, it } from 'vitest'
import { defineProvider } from '../../src/provider/define.ts'
import { describeWithPostgres, describeWithRedis } from '../support/servers.ts'
import { compile, idOf } from './blocks/compile.ts'
import { type Module, modulesOf } from './blocks/modules.ts'
import { type Block, type Page, readPage } from './blocks/page.ts'
import { isGeneratedFromTypes, pages, read } from './blocks/pages.ts'
import { prints, run, runLimit } from './blocks/run.ts'
import { shellFaults } from './blocks/shell.ts'
import { linesMissing } from './blocks/shown-lines.ts'
import { runSql } from './blocks/sql.ts'

/** The pages, and what is wrong with those that cannot be read. */
const unreadable: string[] = []
const all = pages
  .filter((page) => !isGeneratedFromTypes(page))
  .flatMap((name) => {
    try {
      const page = readPage(name, read(name))
      modulesOf(page)
      return [page]
    } catch (error) {
      unreadable.push(error instanceof Error ? error.message : String(error))
      return []
    }
  })

/** What nothing can be done with: output, diagrams, files of the environment. */
const words = ['text', 'mermaid']

const named = ({ page, line, language }: Block) => `${page}:${line} (${language})`
const wanted = (choose: (block: Block) => boolean) =>
  all.flatMap((page) => page.blocks.filter(choose).map((block) => [named(block), block, page] as const))
const inLanguage = (language: string) =>
  wanted(
    ({ language: of, markers }) => of === language && !markers.has('not checked') && !markers.has('from'),
  )
const modules: (readonly [string, Module, Page])[] = all.flatMap((page) =>
  modulesOf(page).map((module) => [named(module.block), module, page] as const),
)

it('every page can be read: fences have a language, markers are known and stand above a block', () => {
  expect(unreadable).toEqual([])
})

describe('the code of a page compiles', () => {
  let wrong: Map<string, string[]>
  beforeAll(() => {
    wrong = compile(all)
  }, 600_000)

  it.each(modules)('%s', (_name, module) => {
    expect(wrong.get(idOf(module))).toEqual([])
  })
})

// A block may take its store from the servers, whose addresses are in its environment.
describeWithPostgres('with Postgres', () => {
  describeWithRedis('and Redis, the code of a page runs', () => {
    it.each(modules.filter(([, { block }]) => block.markers.has('run')))(
      '%s',
      async (_name, module, page) => {
        const printed = await run(page, module)
        const after = page.blocks[page.blocks.indexOf(module.block) + 1]
        if (after?.markers.has('prints') && !prints(after.code, printed)) expect(printed).toBe(after.code)
      },
      runLimit + 10_000,
    )
  })

  it.each(inLanguage('sql'))('the SQL of a page is taken: %s', (_name, block, page) => runSql(page, block))
})

describe('a page shows', () => {
  it.each(wanted(({ markers }) => markers.has('from')))('lines of a file: %s', (_name, { code, markers }) => {
    const file = markers.get('from') ?? ''
    expect(linesMissing(code, read(file)), file).toEqual([])
  })

  it.each(inLanguage('json'))('JSON: %s', (_name, { code }) => {
    const value: unknown = JSON.parse(code)
    const schema =
      typeof value === 'object' && value !== null && '$schema' in value ? String(value.$schema) : ''
    if (schema.endsWith('provider.schema.json')) defineProvider(value)
  })

  it.each(inLanguage('sh'))(
    'commands that exist: %s',
    async (_name, { code }) => expect(await shellFaults(code)).toEqual([]),
    runLimit,
  )

  it('output only of what was run', () => {
    for (const { blocks } of all)
      for (const [index, block] of blocks.entries())
        if (block.markers.has('prints'))
          expect(blocks[index - 1]?.markers.has('run'), named(block)).toBe(true)
  })

  /** A session: what is typed stands behind "$ ", what is printed does not. */
  const typed = (code: string) =>
    code
      .split('\n')
      .filter((line) => line.startsWith('$ '))
      .map((line) => line.slice(2))
      .join('\n')

  it.each(inLanguage('console'))(
    'commands that exist: %s',
    async (_name, { code }) => {
      expect(typed(code)).not.toBe('')
      expect(await shellFaults(typed(code))).toEqual([])
    },
    runLimit,
  )

  const excused = wanted(({ markers }) => markers.has('not checked'))
  it('nothing else, or says why', () => {
    for (const [name, { markers }] of excused)
      console.log(`not checked: ${name}: ${markers.get('not checked')}`)
    const known = ['ts', 'tsx', 'js', 'json', 'sh', 'console', 'sql', ...words]
    const rest = wanted(({ language, markers }) => !known.includes(language) && !markers.has('not checked'))
    expect(rest.map(([name]) => name)).toEqual([])
  })
})
