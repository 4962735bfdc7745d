import { dirname, join } from 'node:path'
import ts from 'typescript'
import { type Module, modulesOf } from './modules.ts'
import type { Page } from './page.ts'
import { root } from './pages.ts'

/** What a reader's own project is taken to have: `strict`, and nothing beyond it that would be a matter of taste. */
function compilerOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root)
  return {
    ...options,
    exactOptionalPropertyTypes: false,
    noUncheckedIndexedAccess: false,
    noUnusedLocals: false,
    noUnusedParameters: false,
    noUncheckedSideEffectImports: true,
    allowJs: true,
    checkJs: true,
    jsx: ts.JsxEmit.ReactJSX,
    moduleDetection: ts.ModuleDetectionKind.Force,
    pathsBasePath: root,
  }
}

/** Where the modules of a page would be: beside nothing real, inside the package, so that node_modules resolves. */
const folderOf = (page: string) => join(root, 'docs', '.code-blocks', page.replaceAll('/', '-'))

/** Compiles the modules of all pages in one program. By module, what is wrong with it: `page:line: words`. */
export function compile(pages: readonly Page[]): Map<string, string[]> {
  const texts = new Map<string, string>()
  const modules = new Map<string, Module>()
  for (const page of pages) {
    const folder = folderOf(page.page)
    for (const [name, text] of page.files) texts.set(join(folder, name), text)
    for (const module of modulesOf(page)) {
      const path = join(folder, module.file)
      if (texts.has(path)) throw new Error(`${page.page}: two files named ${module.file}`)
      texts.set(path, module.source)
      modules.set(path, module)
    }
  }
  const options = compilerOptions()
  const program = ts.createProgram([...texts.keys()], options, hostWith(texts, options))
  const wrong = new Map<string, string[]>()
  for (const [path, module] of modules) {
    const file = program.getSourceFile(path)
    const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]
    const kept = found.filter((each) => module.block.language !== 'js' || !isAboutAnnotations(each))
    wrong.set(
      idOf(module),
      kept.map((each) => describe(each, module)),
    )
  }
  return wrong
}

/** Of a block, for the result of `compile`. */
export const idOf = ({ block }: Module) => `${block.page}:${block.line}`

/** Words of `noImplicitAny` (7005 to 7053): JavaScript has no place for what they ask for. */
const isAboutAnnotations = ({ code }: ts.Diagnostic) => code >= 7005 && code <= 7053

function describe({ file, start, messageText }: ts.Diagnostic, { block, before }: Module): string {
  const words = ts.flattenDiagnosticMessageText(messageText, '\n')
  const at = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line : 0
  if (at < before)
    return `${block.page}:${block.line}: in what stands in front of the block, line ${at + 1}: ${words}`
  return `${block.page}:${block.line + at - before}: ${words}`
}

function hostWith(texts: ReadonlyMap<string, string>, options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options)
  const folders = new Set<string>()
  for (const path of texts.keys())
    for (
      let folder = dirname(path);
      !folders.has(folder) && folder !== dirname(folder);
      folder = dirname(folder)
    )
      folders.add(folder)
  const cache = ts.createModuleResolutionCache(root, (name) => name, options)
  const withTexts: ts.CompilerHost = {
    ...host,
    fileExists: (path) => texts.has(path) || host.fileExists(path),
    readFile: (path) => texts.get(path) ?? host.readFile(path),
    directoryExists: (path) => folders.has(path) || ts.sys.directoryExists(path),
    getSourceFile(path, settings) {
      const text = texts.get(path) ?? host.readFile(path)
      return text === undefined ? undefined : ts.createSourceFile(path, text, settings)
    },
    resolveModuleNameLiterals: (literals, from, redirected, settings, file) =>
      literals.map((literal) => {
        const mode = ts.getModeForUsageLocation(file, literal, settings)
        const found = ts.resolveModuleName(literal.text, from, settings, withTexts, cache, redirected, mode)
        return found.resolvedModule ? found : { resolvedModule: besidesIt(literal.text, from, texts) }
      }),
  }
  return withTexts
}

/** A file of the same page, named without its extension, as frameworks with a bundler have it. */
function besidesIt(name: string, from: string, texts: ReadonlyMap<string, string>) {
  if (!name.startsWith('.')) return undefined
  for (const extension of [ts.Extension.Ts, ts.Extension.Dts]) {
    const resolvedFileName = join(dirname(from), name) + extension
    if (texts.has(resolvedFileName)) return { resolvedFileName, extension, isExternalLibraryImport: false }
  }
  return undefined
}
