// Packs the tarball from `dist` as it is, judges what is in it, and uses it as others would. One line a check.
// Arguments name the checks to run; without any, all.
import { bundlesNothingUnused, bundlesWithEsbuild, bundlesWithVite } from './package/bundles.mjs'
import {
  commonJs,
  esm,
  guest,
  jest,
  msw2,
  msw3,
  program,
  typescript,
  typescript7,
} from './package/consumers.mjs'
import { checkFileList } from './package/file-list.mjs'
import { lintPackage } from './package/linters.mjs'
import { checkGoToDefinition, checkMapSources, checkStackTraces } from './package/source-maps.mjs'
import { createWorkspace, installConsumers } from './package/workspace.mjs'
import { checkReadmeServer } from './readme-server.mjs'
import { checkTenLines } from './readme-ten-lines.mjs'

/** Each resolves to the line that is printed. */
const checks = {
  'file-list': (packed) =>
    `${checkFileList(packed)} files: what the entry points reach, their sources, and no others`,
  lint: async (packed) =>
    `publint --strict and attw are content with ${await lintPackage(packed)} entry points`,
  'map-sources': (packed) => `${checkMapSources(packed)} maps name sources that are in the tarball`,
  esm,
  commonjs: commonJs,
  guest,
  program,
  'stack-traces': async (packed) => {
    await checkStackTraces(packed)
    return 'a stack trace names the TypeScript source, from ESM and from CommonJS'
  },
  'go-to-definition': async (packed) => {
    await checkGoToDefinition(packed)
    return '“go to definition” lands in src/ and providers/, from ESM and from CommonJS'
  },
  typescript,
  'typescript-7': typescript7,
  esbuild: bundlesWithEsbuild,
  vite: bundlesWithVite,
  'side-effects': bundlesNothingUnused,
  jest,
  'msw-2': msw2,
  'msw-3': msw3,
  'ten-lines': async ({ tarball }) =>
    `the README’s ten lines: from an empty folder to a connection in ${(await checkTenLines(tarball)).toFixed(1)} s`,
  readme: async ({ tarball }) => {
    await checkReadmeServer(tarball)
    return 'the server above'
  },
}

const unknown = process.argv.slice(2).filter((name) => !(name in checks))
if (unknown.length > 0)
  throw new Error(`no check is called ${unknown.join(', ')}: there are ${Object.keys(checks).join(', ')}`)
const chosen = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(checks)

const started = Date.now()
const packed = await createWorkspace()
try {
  console.log(`packed ${packed.files.length} files, ${packed.size} bytes`)
  await installConsumers(packed)
  console.log(`installed after ${Math.round((Date.now() - started) / 1000)} s`)
  // Two at a time: most wait for a program of their own.
  const open = chosen.values()
  const work = async () => {
    for (const name of open) {
      const begun = Date.now()
      const line = await checks[name](packed)
      console.log(`${name}: ${line} (${((Date.now() - begun) / 1000).toFixed(1)} s)`)
    }
  }
  await Promise.all([work(), work()])
  console.log(
    `${chosen.length} checks of the package passed in ${Math.round((Date.now() - started) / 1000)} s`,
  )
} finally {
  packed.remove()
}
