// Writes the declarations beside tsup's JavaScript: `.d.ts` for ESM, `.d.cts` for CommonJS, each with a map to the source,
// so that "go to definition" lands in src/ or providers/. tsup bundles declarations, and cannot map them.
// One declaration a source file, and only what an entry point's types reach.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, posix, relative } from 'node:path'
import ts from 'typescript'
import { entryPoints, root } from './package/entry-points.mjs'

const { config } = ts.readConfigFile(join(root, 'tsconfig.declarations.json'), ts.sys.readFile)
const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
const program = ts.createProgram(fileNames, options)

/** Has `./client.ts` say `./client.js`: the sources' own specifiers name TypeScript, which declarations cannot. */
const namingEnding = (ending) => (context) => (file) => {
  const { factory } = context
  const renamed = (node) =>
    node && ts.isStringLiteral(node) && /^\.\.?\/.*\.ts$/.test(node.text)
      ? factory.createStringLiteral(node.text.replace(/ts$/, ending), true)
      : node
  const visit = (node) => {
    if (ts.isImportDeclaration(node))
      return factory.updateImportDeclaration(
        node,
        node.modifiers,
        node.importClause,
        renamed(node.moduleSpecifier),
        node.attributes,
      )
    if (ts.isExportDeclaration(node))
      return factory.updateExportDeclaration(
        node,
        node.modifiers,
        node.isTypeOnly,
        node.exportClause,
        renamed(node.moduleSpecifier),
        node.attributes,
      )
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument))
      return factory.updateImportTypeNode(
        node,
        factory.updateLiteralTypeNode(node.argument, renamed(node.argument.literal)),
        node.attributes,
        node.qualifier,
        ts.visitNodes(node.typeArguments, visit),
        node.isTypeOf,
      )
    return ts.visitEachChild(node, visit, context)
  }
  return ts.visitNode(file, visit)
}

/** The declarations and maps of all sources by their path in the package, for one kind of module. */
function emit(ending) {
  const texts = new Map()
  const { diagnostics, emitSkipped } = program.emit(
    undefined,
    (path, text) => {
      const name = relative(root, path).split('\\').join('/')
      texts.set(
        name.replace(/\.d\.ts(?=$|\.map$)/, `.d.${ending.replace('js', 'ts')}`),
        ending === 'js' ? text : text.replace(/\.d\.ts(?=\.map$|","sourceRoot")/, '.d.cts'),
      )
    },
    undefined,
    true,
    { afterDeclarations: [namingEnding(ending)] },
  )
  if (emitSkipped || diagnostics.length > 0)
    throw new Error(
      ts.formatDiagnostics(diagnostics, {
        getCanonicalFileName: (name) => name,
        getCurrentDirectory: () => root,
        getNewLine: () => '\n',
      }),
    )
  return texts
}

/** What the declarations of the entry points import, and these in turn. */
function reachable(texts, ending) {
  const types = ending.replace('js', 'ts')
  const open = entryPoints.map(({ base }) => `${base}.d.${types}`)
  const found = new Set()
  for (const name of open) {
    if (found.has(name)) continue
    found.add(name)
    const text = texts.get(name)
    if (text === undefined)
      throw new Error(`no source makes ${name}, which package.json exports or another declares`)
    for (const { fileName } of ts.preProcessFile(text).importedFiles)
      if (fileName.startsWith('.'))
        open.push(posix.join(posix.dirname(name), fileName).replace(/\.c?js$/, `.d.${types}`))
  }
  return found
}

let count = 0
let bytes = 0
for (const ending of ['js', 'cjs']) {
  const texts = emit(ending)
  for (const name of reachable(texts, ending))
    for (const path of [name, `${name}.map`]) {
      const target = join(root, path)
      mkdirSync(dirname(target), { recursive: true })
      writeFileSync(target, texts.get(path))
      count += 1
      bytes += texts.get(path).length
    }
}
console.log(`${count} declarations and maps, ${Math.round(bytes / 1024)} KiB`)
