import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { roundsOr } from '../setting/environment.ts'

const execute = promisify(execFile)
const rounds = roundsOr(25)

/** A program that prints one JSON value and ends. */
export interface Program {
  readonly name: string
  /** Arguments of `node`; a function is asked before each start. */
  readonly args: readonly string[] | (() => Promise<readonly string[]>)
}

/** What one program printed, start by start. */
export interface Printed<T> {
  readonly name: string
  readonly values: readonly T[]
}

/**
 * Starts each program once a round, one after the other, so that what disturbs the machine disturbs all. The first round,
 * which fills the disk cache, does not count. Rejects where a program fails.
 */
export async function startInRounds<T>(
  programs: readonly Program[],
  folder: string,
  read: (printed: unknown, name: string) => T,
): Promise<readonly Printed<T>[]> {
  const all = programs.map(({ name, args }) => ({ name, args, values: [] as T[] }))
  for (let round = 0; round <= rounds; round++)
    for (let turn = 0; turn < all.length; turn++) {
      const program = all[(round + turn) % all.length]
      if (!program) continue
      const args = typeof program.args === 'function' ? await program.args() : program.args
      const { stdout } = await execute(process.execPath, [...args], { cwd: folder })
      const value = read(JSON.parse(stdout), program.name)
      if (round > 0) program.values.push(value)
    }
  return all
}
