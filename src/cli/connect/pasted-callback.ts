import { OAuthError } from '../../errors/oauth-error.ts'
import { readCallbackInput } from '../../protocols/callback-input.ts'
import { equalSecrets } from '../../state/digest.ts'
import { CommandFailure, exitCodes } from '../exit-codes.ts'
import { say } from '../output.ts'
import { readLines } from './terminal-input.ts'

/** The address that the browser came back to, as the user copies it out of its address bar. */
export async function pastedCallback(state: string, signal: AbortSignal): Promise<URLSearchParams> {
  for await (const text of readLines({ prompt: 'Address: ', signal })) {
    const pasted = text.trim()
    if (pasted === '') continue
    const query = await readCallbackInput({ fail: (details) => new OAuthError(details) }, pasted)
    const given = query.getAll('state')
    if (given.length === 1 && equalSecrets(given[0], state)) return query
    say(
      'That is not the answer to this flow: paste the whole address that the browser ended at, "state" included.',
    )
  }
  throw new CommandFailure('the input ended without the address that the browser came back to', {
    exitCode: exitCodes.failed,
    hint: 'Run the command again, and paste the whole address.',
  })
}
