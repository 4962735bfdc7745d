import { relative } from 'node:path'
import ts from 'typescript'

/** One key of the schema where it is declared. */
export interface SchemaKey {
  /** `oauth2.ts: pkce` */
  readonly name: string
  /** The source files that read it, by the checker's account of what each property access refers to. */
  readonly readers: ReadonlySet<string>
}

/**
 * Every key of the zod schema with the files that read it. The types of definitions are inferred from the schema, so the
 * checker follows a property access back to the very line that declares the key: another object's `url` does not count.
 */
export function schemaReads(root: string, entries: readonly string[]): readonly SchemaKey[] {
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  const program = ts.createProgram(
    entries.map((entry) => root + entry),
    { ...options, noEmit: true },
  )
  const checker = program.getTypeChecker()
  const files = program.getSourceFiles().filter(({ fileName }) => !fileName.includes('/node_modules/'))
  const isSchema = ({ fileName }: ts.SourceFile) => /\/src\/provider\/schema(?:\.ts|\/)/.test(fileName)

  const readers = new Map<ts.Node, Set<string>>()
  for (const file of files.filter(isSchema))
    visit(file, (node) => {
      if (isKey(node)) readers.set(node, new Set())
    })
  for (const file of files.filter((each) => !isSchema(each)))
    visit(file, (node) => {
      for (const symbol of symbolsRead(node, checker))
        for (const declaration of symbol.declarations ?? [])
          readers.get(declaration)?.add(relative(root, file.fileName))
    })
  return [...readers].map(([node, found]) => ({
    name: `${relative(`${root}src/provider`, node.getSourceFile().fileName)}: ${nameOf(node)}`,
    readers: found,
  }))
}

function visit(node: ts.Node, act: (node: ts.Node) => void): void {
  act(node)
  node.forEachChild((inner) => visit(inner, act))
}

/** A property of an object of the schema: of `z.strictObject({…})`, `….extend({…})`, or of one spread into those. */
function isKey(node: ts.Node): boolean {
  if (!ts.isPropertyAssignment(node) && !ts.isShorthandPropertyAssignment(node)) return false
  const holder = node.parent.parent
  if (ts.isVariableDeclaration(holder))
    return (
      ts.isIdentifier(holder.name) && /^(?:common|oauth2|oauth1|plaidLink|apiKey)$/.test(holder.name.text)
    )
  return (
    ts.isCallExpression(holder) &&
    ts.isPropertyAccessExpression(holder.expression) &&
    ['strictObject', 'extend'].includes(holder.expression.name.text)
  )
}

function nameOf(node: ts.Node): string {
  return ts.isPropertyAssignment(node) || ts.isShorthandPropertyAssignment(node) ? node.name.getText() : ''
}

/** What a node reads: `a.key`, `a['key']`, `const { key } = a`, `'key' in a`. */
function symbolsRead(node: ts.Node, checker: ts.TypeChecker): readonly ts.Symbol[] {
  if (ts.isPropertyAccessExpression(node)) return [checker.getSymbolAtLocation(node.name)].filter(isSymbol)
  if (ts.isElementAccessExpression(node) && ts.isStringLiteral(node.argumentExpression))
    return propertyOf(checker, node.expression, node.argumentExpression.text)
  if (ts.isBindingElement(node) && ts.isObjectBindingPattern(node.parent) && !node.dotDotDotToken) {
    const key = node.propertyName ?? node.name
    const type = checker.getTypeAtLocation(node.parent)
    return ts.isIdentifier(key) || ts.isStringLiteral(key) ? propertiesNamed(type, key.text) : []
  }
  if (
    ts.isBinaryExpression(node) &&
    node.operatorToken.kind === ts.SyntaxKind.InKeyword &&
    ts.isStringLiteral(node.left)
  )
    return propertyOf(checker, node.right, node.left.text)
  return []
}

function propertyOf(checker: ts.TypeChecker, object: ts.Expression, name: string): readonly ts.Symbol[] {
  return propertiesNamed(checker.getTypeAtLocation(object), name)
}

function propertiesNamed(type: ts.Type, name: string): readonly ts.Symbol[] {
  const types = type.isUnion() ? type.types : [type]
  return types.map((each) => each.getProperty(name)).filter(isSymbol)
}

function isSymbol(symbol: ts.Symbol | undefined): symbol is ts.Symbol {
  return symbol !== undefined
}
