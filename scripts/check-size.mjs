// Minified and gzipped bytes of latchkey's own code, as a bundler would ship it; dependencies are not counted.
// "at import" is what an import loads, "reachable" adds what is loaded on first use. Fails above size-budget.json;
// `--write` makes that file anew, 3 % above what is measured.
import { readFileSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { entryPoints, root } from './package/entry-points.mjs'

const at = (wanted) => `./${entryPoints.find(({ specifier }) => specifier === wanted).base}.js`
const everything = ({ specifier }) => [specifier, `export * from '${at(specifier)}'`]
const isProvider = ({ specifier }) => specifier.startsWith('latchkey/providers/')

/** What is measured, by name: the code of an application's import. */
const imports = new Map([
  [
    'createOAuthClient + slack',
    `export { createOAuthClient } from '${at('latchkey')}'; export { slack } from '${at('latchkey/providers/slack')}'`,
  ],
  ...entryPoints.filter((entry) => !isProvider(entry)).map(everything),
])
/** The providers are one budget: the largest of them. */
const providers = entryPoints.filter(isProvider).map(everything)

/** Bundles it twice: with what `import()` loads left out, and with it. */
async function measure(contents) {
  const size = async (plugins) => {
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: root, sourcefile: 'application.js' },
      absWorkingDir: root,
      write: false,
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      packages: 'external',
      plugins,
      logOverride: { 'ignored-bare-import': 'silent' },
    })
    return gzipSync(outputFiles[0].contents, { level: 9 }).length
  }
  return { atImport: await size([leaveOutDynamic]), reachable: await size([]) }
}

const leaveOutDynamic = {
  name: 'leave out what is loaded on first use',
  setup({ onResolve }) {
    onResolve({ filter: /.*/ }, ({ path, kind }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    )
  },
}

const measured = new Map()
for (const [name, contents] of imports) measured.set(name, await measure(contents))
const each = await Promise.all(
  providers.map(async ([specifier, contents]) => [specifier, (await measure(contents)).reachable]),
)
const [largest, bytes] = each.reduce((most, one) => (one[1] > most[1] ? one : most))
measured.set('largest provider', { atImport: bytes, reachable: bytes })

const budgetFile = new URL('../size-budget.json', import.meta.url)
if (process.argv.includes('--write')) {
  const allowed = (bytes) => Math.ceil((bytes * 1.03) / 100) * 100
  const of = ({ atImport, reachable }) => ({ atImport: allowed(atImport), reachable: allowed(reachable) })
  const budgets = [...measured].map(([name, sizes]) => [name, of(sizes)])
  writeFileSync(budgetFile, `${JSON.stringify(Object.fromEntries(budgets), null, 2)}\n`)
}
const budget = JSON.parse(readFileSync(budgetFile, 'utf8'))
const faults = Object.keys(budget)
  .filter((name) => !measured.has(name))
  .map((name) => `size-budget.json has "${name}", which is not measured: take it out`)
for (const [name, sizes] of measured)
  for (const [kind, size] of Object.entries(sizes)) {
    const limit = budget[name]?.[kind]
    if (limit === undefined)
      faults.push(`size-budget.json has no "${name}" with "${kind}": it measures ${size} bytes`)
    else if (size > limit)
      faults.push(
        `"${name}", ${kind}: ${size} bytes are over the budget of ${limit}. Make it smaller, or raise the budget in ` +
          'size-budget.json and say why in the commit.',
      )
  }

const row = (cells) => `| ${cells.join(' | ')} |`
console.log(row(['minified + gzipped, bytes', 'at import', 'budget', 'reachable', 'budget']))
console.log(row(['---', '---:', '---:', '---:', '---:']))
for (const [name, { atImport, reachable }] of measured)
  console.log(
    row([
      name === 'largest provider' ? `${name} (${largest})` : name,
      atImport,
      budget[name]?.atImport ?? '',
      reachable,
      budget[name]?.reachable ?? '',
    ]),
  )
if (faults.length > 0) {
  console.error(faults.join('\n'))
  process.exitCode = 1
}
