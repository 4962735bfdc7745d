import type { OAuthErrorCode } from '../errors/codes.ts'
import { isOAuthError } from '../errors/oauth-error.ts'
import { CommandFailure, exitCodeOf } from './exit-codes.ts'
import { Interrupted } from './interruption.ts'
import { say } from './output.ts'

/** What the library says to an application, said to a person at a terminal. */
const hints: Partial<Record<OAuthErrorCode, string>> = {
  connection_not_found: 'Connect first: npx latchkey connect <id>. `npx latchkey list` shows what there is.',
  reconnect_required: 'The grant has ended. Connect again: npx latchkey connect <id>',
  refresh_unsupported:
    'This connection has no refresh token. When it expires, connect again: npx latchkey connect <id>',
  record_unreadable:
    'It was sealed with another LATCHKEY_SECRET. Set that one, or connect again: npx latchkey connect <id>',
  params_invalid:
    'Correct what the message names (a param is given as --param name=value), and run it again.',
}

/** Says on stderr what went wrong and what to do next; returns the exit code. */
export function reportFailure(error: unknown): number {
  if (error instanceof Interrupted) return error.exitCode
  if (isOAuthError(error)) tell(error.message, hints[error.code] ?? error.hint)
  else if (error instanceof CommandFailure) tell(error.message, error.hint)
  else {
    // A mistake of latchkey's own, and the stack is what its report needs.
    tell(
      'this should not have happened',
      'Please report it with the lines below, which hold no secret of yours.',
    )
    say(error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
  return exitCodeOf(error)
}

function tell(message: string, hint: string | undefined): void {
  say(`latchkey: ${message}`)
  if (hint !== undefined) say(`  ${hint}`)
}
