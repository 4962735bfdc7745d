// The tarball in the hands of others: each check resolves to the line it prints, or rejects.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { entryPoints, providerIds } from './entry-points.mjs'
import { run } from './run.mjs'

/** The Node line that MSW 3 and Jest's ESM are tried on: MSW 3 wants 22.12. */
const node24 = ['-y', 'node@24.21.0']

/** Without BullMQ's adapter: it is for applications that have loaded bullmq, and these have none. */
const specifiers = entryPoints
  .map(({ specifier }) => specifier)
  .filter((specifier) => specifier !== 'latchkey/sync/bullmq')

export async function esm({ folder }) {
  await run('node', ['node/esm.mjs', ...providerIds], { cwd: folder })
  return 'ESM works'
}

export async function commonJs({ folder }) {
  await run('node', ['node/commonjs.cjs', ...providerIds], { cwd: folder })
  return 'CommonJS works'
}

/** The program of `bin`, as npm installs it: it lists the providers, and connects at all of their simulators. */
export async function program({ folder }) {
  const latchkey = join(folder, 'node_modules/.bin/latchkey')
  const listed = JSON.parse(await run(latchkey, ['providers', '--json'], { cwd: folder }))
  assert.deepEqual(listed.map(({ id }) => id).toSorted(), providerIds.toSorted())
  await run(latchkey, ['demo'], { cwd: folder })
  return `npx latchkey lists ${listed.length} providers, and its demo connects at their simulators`
}

export async function guest({ folder }) {
  assert.equal(await run('node', ['node/guest.mjs', ...specifiers], { cwd: folder }), '', 'importing prints')
  await run('node', ['--import', './node/refuse-heavy-packages.mjs', 'node/import-all.mjs', ...specifiers], {
    cwd: folder,
  })
  return `importing ${specifiers.length} entry points loads no dependency, opens, prints and changes nothing`
}

export async function typescript({ folder }) {
  for (const kind of ['nodenext', 'node16', 'bundler-preserve'])
    await run('node', ['node_modules/typescript/bin/tsc', '-p', `typescript/tsconfig.${kind}.json`], {
      cwd: folder,
    })
  return 'TypeScript 5.9 accepts nodenext and node16 with skipLibCheck off, and bundler, from ESM and from CommonJS'
}

export async function typescript7({ folder }) {
  for (const kind of ['nodenext', 'bundler-esnext'])
    await run('node', ['node_modules/typescript-7/bin/tsc', '-p', `typescript/tsconfig.${kind}.json`], {
      cwd: folder,
    })
  return 'TypeScript 7 accepts nodenext and bundler'
}

export async function jest({ folder }) {
  const args = (file) => [
    'node_modules/jest/bin/jest.js',
    '--rootDir',
    'jest',
    '--config',
    'jest/jest.config.json',
    file,
  ]
  await run('node', args('commonjs.test.cjs'), { cwd: folder, env: { NODE_OPTIONS: '' } })
  await run('node', ['--experimental-vm-modules', ...args('esm.test.mjs')], {
    cwd: folder,
    env: { NODE_OPTIONS: '' },
  })
  return 'Jest 30 connects through the simulator, from CommonJS and from ESM'
}

export async function msw2({ folder }) {
  await vitestWith(folder, 'msw-2', 'node', [])
  return 'vitest with MSW 2 connects through mockProvider(...).handlers'
}

export async function msw3({ folder }) {
  await vitestWith(folder, 'msw-3', 'npx', node24)
  return 'vitest with MSW 3 does too (on Node 24)'
}

async function vitestWith(folder, kind, command, args) {
  const cwd = join(folder, kind)
  const vitest = join(folder, 'node_modules/vitest/vitest.mjs')
  await run(command, [...args, vitest, 'run'], { cwd, env: { NODE_OPTIONS: '' } })
  await run('node', [join(folder, 'node_modules/typescript/bin/tsc'), '-p', '.'], { cwd })
}
