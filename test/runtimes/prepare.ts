import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { npm } from './install.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
/** What a user would install beside latchkey for these stores, as the project itself has them. */
const drivers = ['redis', 'pg'] as const

/**
 * Makes an application of `folder`: the packed tarball installed with the drivers, and the servers under test in it, as
 * plain modules. `tarball` names another package than this tree's.
 */
export async function makeApplication(folder: string, tarball: string | undefined): Promise<void> {
  const { devDependencies }: { devDependencies: Record<string, string> } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  )
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  const packages = drivers.map((name) => `${name}@${devDependencies[name]}`)
  npm(['install', tarball ? resolve(tarball) : pack(folder), ...packages], folder)
  await build({
    absWorkingDir: root,
    entryPoints: readdirSync(join(root, 'test/runtimes/serve'))
      .filter((file) => /(?<!\.d)\.ts$/.test(file))
      .map((file) => `test/runtimes/serve/${file}`),
    outdir: join(folder, 'serve'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'es2022',
    // Without the paths of the project's own: `latchkey` must be the package.
    tsconfigRaw: {},
  })
}

/** The tree's own build, made where there is none or a source is newer. */
function pack(folder: string): string {
  const built = join(root, 'dist/src/index.js')
  const sources = ['src', 'providers']
    .flatMap((part) =>
      readdirSync(join(root, part), { recursive: true, encoding: 'utf8' }).map((file) => join(part, file)),
    )
    .concat('package.json', 'tsup.config.ts')
  const newest = Math.max(...sources.map((file) => statSync(join(root, file)).mtimeMs))
  if (!existsSync(built) || statSync(built).mtimeMs < newest) {
    console.log('building, since dist/ is older than the sources')
    execFileSync('npm', ['run', 'build'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  }
  const [packed]: { filename: string }[] = JSON.parse(
    npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root),
  )
  if (!packed) throw new Error('npm pack told of no tarball')
  return join(folder, packed.filename)
}

/**
 * Bundles `serve/worker.mjs` by wrangler, with nothing but a compatibility date and `nodejs_compat`. Returns the path of the
 * bundle, and its size in wrangler's words.
 */
export function bundleWorker(folder: string, [file, ...args]: readonly [string, ...string[]], date: string) {
  const config = join(folder, `worker-${date}.json`)
  const out = join(folder, `worker-${date}`)
  const settings = {
    name: 'latchkey-runtimes',
    main: 'serve/worker.mjs',
    compatibility_date: date,
    compatibility_flags: ['nodejs_compat'],
    send_metrics: false,
  }
  writeFileSync(config, JSON.stringify(settings))
  const told = execFileSync(file, [...args, 'deploy', '--dry-run', '--outdir', out, '-c', config], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, CI: 'true', WRANGLER_SEND_METRICS: 'false' },
  })
  const size = /Total Upload: (.*)/.exec(told)?.[1] ?? 'of unknown size'
  return { script: join(out, 'worker.js'), size }
}
