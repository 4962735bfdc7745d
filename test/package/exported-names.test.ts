import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { expect, it } from 'vitest'
import { entryPoints } from '../../scripts/package/entry-points.mjs'

const root = fileURLToPath(new URL('../../', import.meta.url))

/**
 * Adding or removing a public name is a promise made or broken: exported-names.txt says which there are, and
 * `npx vitest run test/package -u` writes it anew.
 */
it('every entry point exports the names that are written down', async () => {
  const { config } = ts.readConfigFile(`${root}tsconfig.declarations.json`, ts.sys.readFile)
  const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  const program = ts.createProgram(fileNames, options)
  const checker = program.getTypeChecker()

  const exportsOf = (path: string) => {
    const file = program.getSourceFile(path)
    const module = file && checker.getSymbolAtLocation(file)
    if (!module) throw new Error(`${path} is no module`)
    return checker.getExportsOfModule(module).map((symbol) => {
      const { flags } = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
      return `${flags & ts.SymbolFlags.Value ? 'value' : 'type'} ${symbol.name}`
    })
  }
  const list = entryPoints.flatMap(({ specifier, base }) => [
    specifier,
    ...exportsOf(`${root}${base.replace(/^dist\//, '')}.ts`)
      .toSorted()
      .map((line) => `  ${line}`),
  ])
  await expect(`${list.join('\n')}\n`).toMatchFileSnapshot('exported-names.txt')
}, 300_000)
