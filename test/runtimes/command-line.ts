import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** The command of the package in `folder` on a runtime: what it prints for programs, and its demo, which connects everything. */
export async function commandLine(
  [file, ...args]: readonly [string, ...string[]],
  folder: string,
): Promise<string> {
  const latchkey = join(folder, 'node_modules/latchkey')
  const { bin }: { bin: { latchkey: string } } = JSON.parse(
    readFileSync(join(latchkey, 'package.json'), 'utf8'),
  )
  const run = async (...words: string[]) => {
    const { stdout } = await promisify(execFile)(file, [...args, join(latchkey, bin.latchkey), ...words], {
      cwd: folder,
      maxBuffer: 1 << 24,
    })
    return stdout
  }
  const listed: readonly unknown[] = JSON.parse(await run('providers', '--json'))
  assert.ok(listed.length > 40, `${listed.length} providers`)
  // It ends with 1 where one of them does not come through.
  await run('demo')
  return `${listed.length} providers, demo`
}
