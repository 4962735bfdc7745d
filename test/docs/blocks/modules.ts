import ts from 'typescript'
import type { Block, Page } from './page.ts'

/** A block as a whole module. */
export interface Module {
  readonly block: Block
  /** Its name beside the other modules of the page. */
  readonly file: string
  readonly source: string
  /** How many lines of `source` stand in front of the block. */
  readonly before: number
}

const extensions = ['ts', 'tsx', 'js']

/** Whether a block is compiled: it is code, no copy of a file and not excused. */
const isModule = ({ language, markers }: Block) =>
  extensions.includes(language) && !markers.has('from') && !markers.has('not checked')

/** The blocks of a page as modules, with what they take for given in front of them. */
export function modulesOf({ blocks, given: givenForPage }: Page): Module[] {
  const modules: Module[] = []
  let before: { given: string; code: string } | undefined
  for (const block of blocks.filter(isModule)) {
    const { language, markers, code, page, line } = block
    const continues = markers.has('continues')
    if (continues && before === undefined) throw new Error(`${page}:${line}: continues nothing`)
    const given = join(continues ? before?.given : '', markers.get('given'))
    const earlier = continues ? (before?.code ?? '') : ''
    const prefix = join(needed(givenForPage, join(given, earlier, code)), given, earlier)
    const file = markers.get('file') ?? `line-${line}.${language}`
    modules.push({ block, file, source: prefix + code, before: prefix.split('\n').length - 1 })
    before = { given, code: earlier + code }
  }
  return modules
}

const join = (...parts: (string | undefined)[]) =>
  parts.map((part) => (part ? part.replace(/\n*$/, '\n') : '')).join('')

/** The statements of `given` that `code` uses, directly or through another one, and does not declare itself. */
function needed(given: string, code: string): string {
  const statements = parse(given).statements
  const taken = declaredNames(parse(code))
  const kept = new Set<ts.Statement>()
  const used = identifiers(parse(code))
  for (let grown = true; grown; ) {
    grown = false
    for (const statement of statements) {
      if (kept.has(statement) || !namesOf(statement).some((name) => used.has(name) && !taken.has(name)))
        continue
      kept.add(statement)
      for (const name of identifiers(statement)) used.add(name)
      grown = true
    }
  }
  return join(...statements.filter((each) => kept.has(each)).map((each) => withoutNames(each, taken, used)))
}

const parse = (code: string) =>
  ts.createSourceFile('block.tsx', code, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS)

function identifiers(node: ts.Node): Set<string> {
  const names = new Set<string>()
  const visit = (each: ts.Node) => {
    if (ts.isIdentifier(each)) names.add(each.text)
    ts.forEachChild(each, visit)
  }
  visit(node)
  return names
}

const declaredNames = (file: ts.SourceFile) => new Set(file.statements.flatMap(namesOf))

/** The names that a statement declares in its module. */
function namesOf(statement: ts.Statement): string[] {
  if (ts.isImportDeclaration(statement)) {
    const { name, namedBindings } = statement.importClause ?? {}
    return [...(name ? [name.text] : []), ...bindingsOf(namedBindings).map((each) => each.name.text)]
  }
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(({ name }) => patternNames(name))
  return isNamed(statement) && statement.name && ts.isIdentifier(statement.name) ? [statement.name.text] : []
}

const isNamed = (statement: ts.Statement) =>
  ts.isFunctionDeclaration(statement) ||
  ts.isClassDeclaration(statement) ||
  ts.isInterfaceDeclaration(statement) ||
  ts.isTypeAliasDeclaration(statement) ||
  ts.isEnumDeclaration(statement) ||
  ts.isModuleDeclaration(statement)

function bindingsOf(bindings: ts.NamedImportBindings | undefined) {
  if (bindings === undefined) return []
  return ts.isNamespaceImport(bindings) ? [bindings] : [...bindings.elements]
}

const patternNames = (name: ts.BindingName): string[] =>
  ts.isIdentifier(name)
    ? [name.text]
    : name.elements.flatMap((each) => (ts.isBindingElement(each) ? patternNames(each.name) : []))

/** An import keeps the names that are used and not declared elsewhere; anything else stays as it is. */
function withoutNames(statement: ts.Statement, taken: Set<string>, used: Set<string>): string {
  if (!ts.isImportDeclaration(statement)) return statement.getText()
  const bindings = statement.importClause?.namedBindings
  if (bindings === undefined || ts.isNamespaceImport(bindings)) return statement.getText()
  const kept = bindings.elements.filter(({ name }) => used.has(name.text) && !taken.has(name.text))
  return statement
    .getText()
    .replace(bindings.getText(), `{ ${kept.map((each) => each.getText()).join(', ')} }`)
}
