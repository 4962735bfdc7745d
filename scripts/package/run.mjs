// Runs a program and returns what it printed; what a failed one printed is in the error.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** Rejects where the program ends with another code than 0, or has not ended after `timeout` ms. */
export async function run(command, args, { cwd, env = {}, timeout = 600_000 } = {}) {
  try {
    const { stdout } = await execute(command, args, {
      cwd,
      env: { ...process.env, ...env },
      timeout,
      maxBuffer: 2 ** 26,
    })
    return stdout
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error
    throw new Error(`${command} ${args.join(' ')} ended with ${code} in ${cwd}\n${stdout}${stderr}`)
  }
}
