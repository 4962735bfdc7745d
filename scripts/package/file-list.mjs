// The tarball holds what the entry points reach, the sources their maps name, and a few named files. Nothing else.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import ts from 'typescript'
import { entryPoints, programs, root } from './entry-points.mjs'

const named = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'SECURITY.md', 'provider.schema.json']

/** Throws with what is too much or missing. */
export function checkFileList({ files, unpacked }) {
  const expected = new Set(named)
  for (const folder of ['src', 'providers', 'migrations'])
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
      if (entry.isFile()) expected.add(posix.join(entry.parentPath.slice(root.length), entry.name))
  for (const ending of ['js', 'cjs', 'd.ts', 'd.cts'])
    for (const { base } of entryPoints) addReachable(expected, unpacked, `${base}.${ending}`)
  for (const base of programs) addReachable(expected, unpacked, `${base}.js`)

  const packed = new Set(files)
  const unexpected = files.filter((path) => !expected.has(path))
  const missing = [...expected].filter((path) => !packed.has(path))
  assert.deepEqual({ unexpected, missing }, { unexpected: [], missing: [] }, 'the tarball’s list of files')
  return expected.size
}

/** `path`, its map, and what it imports by a relative name, and that in turn. */
function addReachable(found, unpacked, path) {
  if (found.has(path)) return
  found.add(path)
  found.add(`${path}.map`)
  const text = readFileSync(join(unpacked, path), 'utf8')
  for (const { fileName } of ts.preProcessFile(text, true, true).importedFiles) {
    if (!fileName.startsWith('.')) continue
    const target = posix.join(posix.dirname(path), fileName)
    const declaration = /\.d\.c?ts$/.test(path)
    addReachable(found, unpacked, declaration ? target.replace(/(c?)js$/, 'd.$1ts') : target)
  }
}
