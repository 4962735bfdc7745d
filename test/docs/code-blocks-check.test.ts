import { beforeAll, describe, expect, it } from 'vitest'
import { compile } from './blocks/compile.ts'
import { modulesOf } from './blocks/modules.ts'
import { readPage } from './blocks/page.ts'
import { prints, run } from './blocks/run.ts'
import { commandsOf, shellFaults } from './blocks/shell.ts'
import { linesMissing } from './blocks/shown-lines.ts'

/** A page of these lines; `'''` stands for a fence. */
const pageOf = (...lines: string[]) => readPage('sample.md', lines.join('\n').replaceAll("'''", '```'))

describe('a page with code', () => {
  it('has blocks with language, line and markers', () => {
    const { blocks, given, files } = pageOf(
      '# Title',
      '<!-- given for this page: declare const a: number -->',
      '<!-- file: beside.ts',
      'export const b = 1',
      '-->',
      '<!-- given: declare const c: number -->',
      '<!-- run -->',
      '',
      "'''ts",
      'a',
      "'''",
    )
    expect(blocks).toMatchObject([{ language: 'ts', line: 10, code: 'a\n' }])
    expect([...(blocks[0]?.markers ?? [])]).toEqual([
      ['given', 'declare const c: number'],
      ['run', ''],
    ])
    expect(given).toBe('declare const a: number')
    expect(files.get('beside.ts')).toBe('export const b = 1')
  })

  it('is refused with a block that has no language, a marker that nobody knows, or one above no block', () => {
    expect(() => pageOf("'''", 'a', "'''")).toThrow('sample.md:1: a code block needs a language')
    expect(() => pageOf('<!-- runs -->', "'''ts", "'''")).toThrow('an unknown marker: runs')
    expect(() => pageOf('<!-- run -->', 'Words.')).toThrow('stands above no code block')
    expect(() => pageOf('<!-- not checked -->', "'''ts", "'''")).toThrow('needs its reason')
    expect(() => pageOf("'''ts", 'a')).toThrow('does not end')
  })

  it('may hold comments that are no markers', () => {
    expect(pageOf('<!-- generated -->', 'Words.', "'''ts", "'''").blocks).toHaveLength(1)
  })

  it('takes the indentation of a list away', () => {
    expect(pageOf('- point', "  '''ts", '  if (a) {', '    b()', '  }', "  '''").blocks[0]?.code).toBe(
      'if (a) {\n  b()\n}\n',
    )
  })
})

/** One program for all samples: to read the library's own types takes longer than the samples do. */
const samples = {
  mistake: ["'''ts", "import { fileStore } from 'latchkey'", '', 'fileStore(1)', "'''"],
  mistakeInJs: ["'''js", 'const a = 1', 'a.nothing()', "'''"],
  withoutTypesInJs: ["'''js", 'export const twice = (a) => a + a', "'''"],
  syntax: ["'''ts", 'const a: number =', "'''"],
  unknownExport: ["'''ts", "import { nothing } from 'latchkey'", "'''"],
  unknownFile: ["'''ts", "import './elsewhere.ts'", "'''"],
  unknownName: ["'''ts", 'queue.add()', "'''"],
  given: ['<!-- given: declare const queue: { add(): void } -->', "'''ts", 'queue.add()', "'''"],
  givenToOneOnly: [
    '<!-- given: declare const queue: { add(): void } -->',
    "'''ts",
    'queue.add()',
    "'''",
    "'''ts",
    'queue.add()',
    "'''",
  ],
  mistakeInGiven: ['<!-- given: const a: string = 1 -->', "'''ts", 'a', "'''"],
  givenForThisPage: [
    '<!-- given for this page:',
    "import { fileStore, memoryStore } from 'latchkey'",
    'const store = memoryStore()',
    'declare const unused: string',
    '-->',
    "'''ts",
    "import { fileStore } from 'latchkey'",
    'await store.close?.()',
    'fileStore',
    "'''",
  ],
  continued: [
    "'''ts",
    'const a = 1',
    "'''",
    '<!-- continues -->',
    "'''ts",
    'const b = a',
    "'''",
    '<!-- continues -->',
    "'''ts",
    'const c: number = a + b',
    "'''",
  ],
  declaredTwice: ["'''ts", 'const a = 1', "'''", '<!-- continues -->', "'''ts", 'const a = 2', "'''"],
  files: [
    '<!-- file: hidden.ts',
    'export const a = 1',
    '-->',
    '<!-- file: shown.ts -->',
    "'''ts",
    "export { a } from './hidden.ts'",
    "'''",
    "'''ts",
    "import { a } from './shown.ts'",
    'const b: number = a',
    "'''",
  ],
}

describe('a block as a module', () => {
  let wrong: Map<string, string[]>
  const wrongIn = (name: keyof typeof samples) =>
    [...wrong].filter(([id]) => id.startsWith(`${name}.md:`)).flatMap(([, words]) => words)
  beforeAll(() => {
    const entries = Object.entries(samples)
    wrong = compile(
      entries.map(([name, lines]) => readPage(`${name}.md`, lines.join('\n').replaceAll("'''", '```'))),
    )
  }, 600_000)

  it('fails on a mistake, and says in which line of the page', () => {
    expect(wrongIn('mistake')).toEqual([expect.stringMatching(/^mistake\.md:4: /)])
    expect(wrongIn('mistakeInJs')).toEqual([expect.stringMatching(/^mistakeInJs\.md:3: /)])
    expect(wrongIn('withoutTypesInJs')).toEqual([])
    expect(wrongIn('syntax')).toHaveLength(1)
    expect(wrongIn('unknownExport')).toHaveLength(1)
    expect(wrongIn('unknownFile')).toHaveLength(1)
    expect(wrongIn('unknownName')).toEqual([expect.stringMatching(/^unknownName\.md:2: .*queue/)])
  })

  it('has what is given for it, and no other block has', () => {
    expect(wrongIn('given')).toEqual([])
    expect(wrongIn('givenToOneOnly')).toEqual([expect.stringMatching(/^givenToOneOnly\.md:6: /)])
    expect(wrongIn('mistakeInGiven')).toEqual([
      expect.stringMatching(/in what stands in front of the block, line 1/),
    ])
  })

  it('has of what is given for the page only what it uses and does not declare itself', () => {
    const [module] = modulesOf(pageOf(...samples.givenForThisPage))
    expect(module?.source).toBe(
      "import { memoryStore } from 'latchkey'\nconst store = memoryStore()\n" +
        "import { fileStore } from 'latchkey'\nawait store.close?.()\nfileStore\n",
    )
    expect(module?.before).toBe(2)
    expect(wrongIn('givenForThisPage')).toEqual([])
  })

  it('continues the one before it, transitively', () => {
    expect(wrongIn('continued')).toEqual([])
    expect(wrongIn('declaredTwice')).not.toEqual([])
    expect(() => modulesOf(pageOf('<!-- continues -->', "'''ts", "'''"))).toThrow('continues nothing')
  })

  it('reaches the files of its page', () => {
    expect(wrongIn('files')).toEqual([])
  })

  it('is left alone where it is a copy or excused', () => {
    expect(modulesOf(pageOf('<!-- from a.ts -->', "'''ts", '…', "'''"))).toEqual([])
    expect(modulesOf(pageOf('<!-- not checked: it needs a bird -->', "'''ts", '…', "'''"))).toEqual([])
  })
})

describe('a block that is run', { timeout: 120_000 }, () => {
  const runIt = async (...lines: string[]) => {
    const page = pageOf(...lines)
    const [module] = modulesOf(page)
    if (!module) throw new Error('there is no module')
    return run(page, module)
  }

  it('has latchkey and its secret, and gives what it prints', async () => {
    const given = "<!-- given: import { buildOAuthState, parseOAuthState } from 'latchkey' -->"
    const sealed = "const state = buildOAuthState({ tenantId: 't1' }, process.env.LATCHKEY_SECRET!)"
    const opened = 'console.log(parseOAuthState(state, process.env.LATCHKEY_SECRET!).tenantId)'
    expect(await runIt(given, '<!-- run -->', "'''ts", sealed, opened, "'''")).toBe('t1\n')
  })

  it('fails where it throws', async () => {
    await expect(runIt('<!-- run -->', "'''ts", "throw new Error('no')", "'''")).rejects.toThrow(
      'sample.md:3 ended with 1',
    )
  })

  it('prints what is said, with gaps', () => {
    expect(prints('a\n…\nlast … line\n', 'a\nb\nc\nlast long line\n')).toBe(true)
    expect(prints('a\n', 'a\nb\n')).toBe(false)
    expect(prints('a (…)\n', 'a (b)\n')).toBe(true)
    expect(prints('a.b\n', 'axb\n')).toBe(false)
  })
})

describe('commands of a page', { timeout: 60_000 }, () => {
  it('are taken apart', () => {
    expect(commandsOf('A=1 npm test && exec node x.js # words\nnpx a \\\n  b | c')).toEqual([
      ['npm', 'test'],
      ['node', 'x.js'],
      ['npx', 'a', 'b'],
      ['c'],
    ])
  })

  it('must exist', async () => {
    expect(await shellFaults('npm ci && npm run demo\nnpx tsx scripts/generate-schema.ts <id>\n')).toEqual([])
    expect(await shellFaults('npm run nothing')).toEqual(['npm run nothing: no such script in package.json'])
    expect(await shellFaults('npm nothing')).toHaveLength(1)
    expect(await shellFaults('npx tsx examples/nothing.ts')).toEqual(['examples/nothing.ts: no such file'])
    expect(await shellFaults('echo "a')).toEqual([expect.stringMatching(/^bash: /)])
    expect(await shellFaults('npx latchkey nothing')).toEqual(['npx latchkey nothing: no such command'])
    expect(await shellFaults('npx latchkey providers --json')).toEqual([])
    expect(await shellFaults('npx latchkey providers --nothing')).toEqual([
      'npx latchkey providers: no option --nothing',
    ])
  })
})

describe('lines of a file', () => {
  it('must be there in that order', () => {
    expect(linesMissing('a\nc', '  a\nb\n  c')).toEqual([])
    expect(linesMissing('c\na', 'a\nb\nc')).toEqual(['a'])
    expect(linesMissing('d', 'a\nb')).toEqual(['d'])
  })
})
