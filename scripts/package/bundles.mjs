// What bundlers make of the package: one provider brings no other, the bundle runs where nothing is installed, and an
// import that nobody uses leaves nothing behind.
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { entryPoints, manifest } from './entry-points.mjs'
import { run } from './run.mjs'

export async function bundlesWithEsbuild({ folder }) {
  for (const [format, ending] of [
    ['esm', 'mjs'],
    ['cjs', 'cjs'],
  ]) {
    const outfile = join(folder, `bundled/esbuild-${format}/entry.${ending}`)
    await build({
      absWorkingDir: folder,
      entryPoints: ['bundle/entry.js'],
      outfile,
      bundle: true,
      platform: 'node',
      format,
      logLevel: 'error',
    })
    await judge(folder, outfile)
  }
  return 'esbuild, ESM and CommonJS: one provider brings no other, and the bundle connects where nothing is installed'
}

export async function bundlesWithVite({ folder }) {
  const args = ['build', '--config', 'bundle/vite.config.mjs', '--logLevel', 'error']
  await run('node', [join(folder, 'node_modules/vite/bin/vite.js'), ...args], { cwd: folder })
  await judge(folder, join(folder, 'bundled/vite/entry.mjs'))
  return 'Vite: the same'
}

/** An import of every entry point for its effects alone is an empty bundle. */
export async function bundlesNothingUnused({ folder }) {
  const { outputFiles } = await build({
    stdin: {
      contents: entryPoints.map(({ specifier }) => `import '${specifier}'`).join('\n'),
      resolveDir: folder,
    },
    write: false,
    bundle: true,
    external: Object.keys(manifest.peerDependencies),
    minify: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    // esbuild says so of each import that `sideEffects: false` lets it drop.
    logOverride: { 'ignored-bare-import': 'silent' },
  })
  assert.equal(outputFiles[0].text.trim(), '', 'what an unused import leaves in a bundle')
  return 'an unused import of every entry point bundles to nothing'
}

/** Runs the bundle in an empty folder, against the simulator of a provider, and looks for what it must not hold. */
async function judge(folder, outfile) {
  const { mockProvider } = createRequire(join(folder, 'package.json'))('latchkey/testing')
  const { providers } = createRequire(join(folder, 'package.json'))('latchkey/providers')
  const find = (id) => providers.find((definition) => definition.id === id)
  const text = readdirSync(join(outfile, '..'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n')
  const bundled = (definition) => text.includes(definition.docs[0])
  assert.ok(bundled(find('slack')), `${outfile} lacks the provider that it imports`)
  assert.deepEqual(
    providers.filter((definition) => definition.id !== 'slack' && bundled(definition)).map(({ id }) => id),
    [],
    `${outfile} holds other providers`,
  )

  const empty = mkdtempSync(join(tmpdir(), 'latchkey-bundle-'))
  const registered = { clientId: 'id', clientSecret: 'secret', redirectUri: 'http://127.0.0.1/callback' }
  const listening = await mockProvider(find('gitlab'), registered).listen()
  try {
    cpSync(join(outfile, '..'), empty, { recursive: true })
    const told = await run('node', [outfile.slice(join(outfile, '..').length + 1)], {
      cwd: empty,
      env: { BUNDLE_DEFINITION: JSON.stringify(listening.definition) },
    })
    assert.equal(told, 'active\n', `${outfile} does not connect`)
  } finally {
    await listening.close()
    rmSync(empty, { recursive: true, force: true })
  }
}
