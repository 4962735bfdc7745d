import { isOAuthError, type OAuthError } from '../errors/oauth-error.ts'

/** How a command ends, for scripts. The same for all of them. */
export const exitCodes = {
  ok: 0,
  /** The provider, the store or a check said no. */
  failed: 1,
  /** The command, its options or the environment must be corrected first. */
  usage: 2,
  /** There is no connection, or its grant has ended: `latchkey connect` comes first. */
  connectFirst: 3,
  /** The same command can work later. */
  tryLater: 4,
} as const

type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** A failure of the command line's own, in words for whoever typed the command. */
export class CommandFailure extends Error {
  readonly exitCode: ExitCode
  readonly hint: string | undefined

  constructor(message: string, { exitCode, hint }: { readonly exitCode: ExitCode; readonly hint?: string }) {
    super(message)
    this.name = 'CommandFailure'
    this.exitCode = exitCode
    this.hint = hint
  }
}

/** The command, its options or the environment must be corrected first. */
export function usageFailure(message: string, hint?: string): CommandFailure {
  return new CommandFailure(message, { exitCode: exitCodes.usage, ...(hint !== undefined && { hint }) })
}

/** The exit code for whatever a command threw. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof CommandFailure) return error.exitCode
  return isOAuthError(error) ? ofOAuthError(error) : exitCodes.failed
}

function ofOAuthError({ code, retryable }: OAuthError): ExitCode {
  switch (code) {
    case 'config_invalid':
    case 'definition_invalid':
    case 'params_invalid':
      return exitCodes.usage
    case 'connection_not_found':
    case 'reconnect_required':
    case 'refresh_unsupported':
      return exitCodes.connectFirst
    default:
      return retryable ? exitCodes.tryLater : exitCodes.failed
  }
}
