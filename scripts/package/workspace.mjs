// One temporary folder for every consumer: the tarball is packed once, installed once, and the tools come by link from the
// repository's own node_modules, so that nothing is downloaded twice.
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { root } from './entry-points.mjs'
import { run } from './run.mjs'

/** What a consumer has beside latchkey, which is installed from the tarball with its own dependencies. */
const fromRepository = ['typescript', '@types/node', 'esbuild', 'vite', 'vitest']
const fromConsumers = ['jest', 'typescript-7']

/** Packs `dist` as it is. `remove` takes everything away again. */
export async function createWorkspace() {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-package-'))
  const [packed] = JSON.parse(
    await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: root }),
  )
  const tarball = join(folder, packed.filename)
  await run('tar', ['-xzf', tarball], { cwd: folder })
  return {
    folder,
    tarball,
    /** The tarball, unpacked. */
    unpacked: join(folder, 'package'),
    /** Paths in the tarball. */
    files: packed.files.map((file) => file.path),
    /** bytes, compressed */
    size: packed.size,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** Installs the tarball, and lays the files of test/consumers beside it. */
export async function installConsumers({ folder, tarball }) {
  const [, tools] = await Promise.all([installTarball(folder, tarball), installTools()])
  for (const name of fromRepository) link(folder, name, join(root, 'node_modules', name))
  for (const name of fromConsumers) link(folder, name, join(tools, name))
  for (const kind of ['node', 'typescript', 'bundle', 'jest', 'msw'])
    cpSync(join(root, 'test/consumers', kind), join(folder, kind), { recursive: true })
  // A copy of latchkey beside each msw: a package finds the peers that lie beside it.
  for (const [kind, msw] of [
    ['msw-2', join(root, 'node_modules/msw')],
    ['msw-3', join(tools, 'msw-3')],
  ]) {
    cpSync(join(root, 'test/consumers/msw'), join(folder, kind), { recursive: true })
    cpSync(join(folder, 'node_modules/latchkey'), join(folder, kind, 'node_modules/latchkey'), {
      recursive: true,
    })
    link(join(folder, kind), 'msw', msw)
  }
}

async function installTarball(folder, tarball) {
  writeFileSync(join(folder, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }')
  await run('npm', ['install', '--prefer-offline', '--no-fund', '--no-audit', tarball], { cwd: folder })
}

/** test/consumers/node_modules, made anew where its lock file has changed. */
async function installTools() {
  const folder = join(root, 'test/consumers')
  const installed = join(folder, 'node_modules/.installed-from')
  const lock = readFileSync(join(folder, 'package-lock.json'), 'utf8')
  if (!existsSync(installed) || readFileSync(installed, 'utf8') !== lock) {
    await run('npm', ['ci', '--prefer-offline', '--ignore-scripts'], { cwd: folder })
    writeFileSync(installed, lock)
  }
  return join(folder, 'node_modules')
}

function link(folder, name, target) {
  const path = join(folder, 'node_modules', name)
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(target, path)
}
