// publint reads the package as npm and bundlers do, attw as TypeScript does.
import { entryPoints, root } from './entry-points.mjs'
import { run } from './run.mjs'

export async function lintPackage({ tarball }) {
  // The providers are one pattern in `exports`, and built alike: two of them stand for all.
  const names = entryPoints
    .map(({ specifier }) => specifier.replace(/^latchkey/, '.'))
    .filter((name) => !name.startsWith('./providers/') || /\/(?:slack|google-calendar)$/.test(name))
  await Promise.all([
    run('npx', ['publint', 'run', '--strict', tarball], { cwd: root }),
    // node10: resolution without `exports`, which the Node lines that latchkey runs on do not have.
    run('npx', ['attw', tarball, '--profile', 'node16', '--no-emoji', '--entrypoints', ...names], {
      cwd: root,
    }),
  ])
  return names.length
}
