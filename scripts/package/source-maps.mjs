// Stack traces and "go to definition" land in the TypeScript that is in the package.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { run } from './run.mjs'

/** Every map of the tarball names sources that are in it. Returns how many maps there are. */
export function checkMapSources({ files, unpacked }) {
  const maps = files.filter((path) => path.endsWith('.map'))
  for (const path of maps) {
    const map = JSON.parse(readFileSync(join(unpacked, path), 'utf8'))
    assert.ok(map.mappings === '' || map.sources.length > 0, `${path} names no source`)
    for (const source of map.sources) {
      const target = join(unpacked, dirname(path), map.sourceRoot ?? '', source)
      assert.match(relative(unpacked, target), /^(?:src|providers)\/.+\.ts$/, `${path} names ${source}`)
      assert.ok(existsSync(target), `${path} names ${source}, which is not in the tarball`)
    }
  }
  return maps.length
}

/** Throws inside the installed package, from ESM and from CommonJS, and looks up the line that the trace names: it makes the error. */
export async function checkStackTraces({ folder }) {
  for (const program of ['node/throws.mjs', 'node/throws.cjs']) {
    const trace = await run('node', ['--enable-source-maps', program], { cwd: folder })
    const [, path, line] = /^\s+at .*?\(?(\/[^():]+):(\d+):\d+\)?$/m.exec(trace) ?? []
    assert.ok(path, `${program} has no trace: ${trace}`)
    assert.match(path, /node_modules\/latchkey\/src\/.+\.ts$/, `${program}: ${trace}`)
    assert.match(readFileSync(path, 'utf8').split('\n')[line - 1], /new OAuthError\b/, `${path}:${line}`)
  }
}

/** Asks TypeScript's own language server, as an editor does. */
export async function checkGoToDefinition({ folder }) {
  const server = spawn(
    'node',
    ['node_modules/typescript/lib/tsserver.js', '--disableAutomaticTypingAcquisition'],
    {
      cwd: folder,
      stdio: ['pipe', 'pipe', 'ignore'],
    },
  )
  try {
    const answers = answersOf(server.stdout)
    const ask = async (command, seq, args) => {
      server.stdin.write(`${JSON.stringify({ seq, type: 'request', command, arguments: args })}\n`)
      if (command === 'open') return
      for (;;) {
        const { value, done } = await answers.next()
        if (done) throw new Error(`tsserver ended before it answered ${command}`)
        if (value.type === 'response' && value.request_seq === seq) return value.body
      }
    }
    let seq = 0
    for (const [file, word, source, text] of [
      [
        'typescript/esm.mts',
        'createOAuthClient(shopify',
        /latchkey\/src\/.+\.ts$/,
        /function createOAuthClient\b/,
      ],
      ['typescript/esm.mts', 'shopify,', /latchkey\/providers\/shopify\.ts$/, /const shopify\b/],
      [
        'typescript/commonjs.cts',
        'createOAuthClient(',
        /latchkey\/src\/.+\.ts$/,
        /function createOAuthClient\b/,
      ],
      ['typescript/commonjs.cts', 'slack,', /latchkey\/providers\/slack\.ts$/, /const slack\b/],
    ]) {
      const path = join(realpathSync(folder), file)
      const before = readFileSync(path, 'utf8').split(word)[0].split('\n')
      await ask('open', ++seq, { file: path })
      const found = await ask('definition', ++seq, {
        file: path,
        line: before.length,
        offset: before.at(-1).length + 1,
      })
      const [definition] = found ?? []
      assert.match(definition?.file ?? 'nowhere', source, `${word} in ${file} is defined elsewhere`)
      const line = readFileSync(definition.file, 'utf8').split('\n')[definition.start.line - 1]
      assert.match(line, text, `${word} in ${file} leads to ${definition.file}:${definition.start.line}`)
    }
  } finally {
    server.kill()
  }
}

/** tsserver writes a header, an empty line and one line of JSON for each message. */
async function* answersOf(stream) {
  let rest = ''
  for await (const chunk of stream) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop()
    for (const line of lines) if (line.startsWith('{')) yield JSON.parse(line)
  }
}
