import { readFile } from 'node:fs/promises'
import { extname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isOAuthError } from '../errors/oauth-error.ts'
import { type CommandFailure, usageFailure } from './exit-codes.ts'

const modules = new Set(['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'])

/** Whether an argument names a file, and not an integration. */
export function isDefinitionFile(name: string): boolean {
  return /[\\/]/.test(name) || extname(name) === '.json' || modules.has(extname(name))
}

/**
 * The definitions in a file, unchecked: a JSON file is one (or a list of them), a module exports them under any names.
 * Throws a `CommandFailure` where there is none, and `definition_invalid` where the module itself calls
 * `defineProvider`.
 */
export async function readDefinitionFile(path: string): Promise<readonly unknown[]> {
  const isJson = extname(path) === '.json'
  if (!isJson && !modules.has(extname(path)))
    throw usageFailure(
      `${path} is neither JSON, JavaScript nor TypeScript`,
      'Give a .json, .js, .mjs or .ts file.',
    )
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw unreadable(path, error)
  })
  const found = isJson ? [parse(path, text)].flat() : definitionsOf(await load(path))
  if (found.length > 0) return found
  throw usageFailure(
    isJson ? `${path} is an empty list` : `${path} exports no definition`,
    'A definition is an object with id and protocol; see docs/definitions.md.',
  )
}

function unreadable(path: string, error: unknown): CommandFailure {
  const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
  return usageFailure(missing ? `there is no file ${path}` : `${path} cannot be read`)
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    throw usageFailure(
      `${path} is not JSON: ${error instanceof Error ? error.message : 'it cannot be parsed'}`,
    )
  }
}

async function load(path: string): Promise<object> {
  try {
    const loaded: object = await import(pathToFileURL(resolve(path)).href)
    return loaded
  } catch (error) {
    if (isOAuthError(error)) throw error
    if (error instanceof Error && 'code' in error && error.code === 'ERR_UNKNOWN_FILE_EXTENSION')
      throw usageFailure(
        `Node ${process.versions.node} does not read TypeScript`,
        `Use Node 22.18 or newer, or: npx tsx node_modules/latchkey/dist/src/cli/main.js check ${path}`,
      )
    const what = error instanceof Error ? `${error.name}: ${error.message}` : 'it threw'
    throw usageFailure(`${path} cannot be loaded: ${what}`)
  }
}

/** Exported objects that are meant as definitions, each once however many names it has. */
function definitionsOf(loaded: object): readonly unknown[] {
  const exported = new Set<unknown>(Object.values(loaded).flat())
  // A CommonJS module arrives whole under `default`.
  const [whole] = 'default' in loaded ? [loaded.default] : []
  if (isObject(whole) && !isMeantAsDefinition(whole))
    for (const each of Object.values(whole).flat()) exported.add(each)
  return [...exported].filter(isMeantAsDefinition)
}

function isMeantAsDefinition(value: unknown): boolean {
  return isObject(value) && ('protocol' in value || ('id' in value && 'name' in value))
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
