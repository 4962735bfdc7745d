import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build as bundle } from 'esbuild'

const root = fileURLToPath(new URL('../../', import.meta.url))
const execute = promisify(execFile)
/** What no build needs, or would be in its way. */
const leftOut = new Set(['node_modules', 'dist', '.git', 'docs', 'examples', 'test', 'bench'])

/** Those that are compared, and what the scenarios themselves import. */
const packages = [
  'arctic',
  'oauth4webapi',
  'openid-client',
  'simple-oauth2',
  '@badgateway/oauth2-client',
  'undici',
  'esbuild',
]

/**
 * Makes a folder with everything as a user has it: the library built, packed and unpacked, in node_modules beside copies
 * of its dependencies and of the peers, and the scenarios compiled, so that nothing runs through a TypeScript loader.
 * The build is made from a copy: `dist` of the repository stays as it is. With `tarball` that one is taken and none built.
 */
export async function install(folder: string, tarball?: string): Promise<void> {
  const modules = join(folder, 'node_modules')
  mkdirSync(modules, { recursive: true })
  await unpack(tarball ?? (await pack(folder)), folder, join(modules, 'latchkey'))
  const manifest = manifestOf(root)
  const wanted = [...packages, ...Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })]
  for (const name of wanted) copyPackage(name, root, modules)
  await compile(folder)
}

/** The path of the tarball. */
async function pack(folder: string): Promise<string> {
  const source = join(folder, 'source')
  mkdirSync(source)
  for (const name of readdirSync(root))
    if (!leftOut.has(name)) cpSync(join(root, name), join(source, name), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(source, 'node_modules'))
  await run('npm', ['run', 'build'], source)
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], source)
  const tarball = readdirSync(folder).find((file) => file.endsWith('.tgz'))
  if (!tarball) throw new Error('npm pack made no tarball')
  return join(folder, tarball)
}

async function unpack(tarball: string, folder: string, target: string): Promise<void> {
  await run('tar', ['-xzf', tarball], folder)
  // npm calls the folder in every tarball so.
  cpSync(join(folder, 'package'), target, { recursive: true })
}

/** Rejects with what the program had to say. */
async function run(program: string, args: readonly string[], cwd: string): Promise<void> {
  try {
    await execute(program, [...args], { cwd, maxBuffer: 2 ** 26 })
  } catch (error) {
    const { stdout = '', stderr = '' } = Object(error)
    throw new Error(`${program} ${args.join(' ')} failed:\n${stdout}${stderr}`)
  }
}

/** The version of each peer that was compared. */
export function peerVersions(): Record<string, string> {
  const peers = packages.filter((name) => name !== 'esbuild' && name !== 'undici')
  return Object.fromEntries(peers.map((name) => [name, manifestOf(join(root, 'node_modules', name)).version]))
}

interface Manifest {
  readonly version: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}

/** A package and all that it needs. What npm has nested in it comes with it. */
function copyPackage(name: string, from: string, modules: string): void {
  const source = findPackage(name, from)
  // An optional one for another platform.
  if (!source) return
  const target = join(modules, name)
  const isNested = source.split('node_modules').length > 2
  if (!isNested) {
    if (existsSync(target)) return
    cpSync(source, target, { recursive: true, dereference: true })
  }
  const { dependencies, optionalDependencies } = manifestOf(source)
  for (const each of Object.keys({ ...dependencies, ...optionalDependencies }))
    copyPackage(each, source, modules)
}

function findPackage(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name)
    if (basename(folder) !== 'node_modules' && existsSync(join(found, 'package.json'))) return found
    if (folder === dirname(folder)) return undefined
  }
}

async function compile(folder: string): Promise<void> {
  const bench = join(root, 'bench')
  const entryPoints = ['scenarios', 'peers', 'children'].flatMap((part) =>
    readdirSync(join(bench, part)).map((file) => join(bench, part, file)),
  )
  await bundle({
    entryPoints,
    outbase: bench,
    outdir: join(folder, 'bench'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    packages: 'external',
    // That of the repository leads `latchkey` to its sources; here it is a package like the others.
    tsconfigRaw: {},
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
  })
}
