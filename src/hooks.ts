import { type ClientContext, inContext } from './context.ts'
import { isOAuthError, type OAuthError } from './errors/oauth-error.ts'
import type { Connection } from './types.ts'

/** Tells `onError` what did not reach a caller. It never throws and nobody waits for it. */
export function reportError(context: ClientContext, error: OAuthError, connection?: Connection): void {
  const { onError } = context.hooks
  if (!onError) return
  const named = inContext(context, error)
  void (async () =>
    onError({ error: isOAuthError(named) ? named : error, ...(connection && { connection }) }))().catch(
    () => undefined,
  )
}

/** Runs a hook that can change nothing: what it throws goes to `onError` (DESIGN §12). */
export async function runHook(
  context: ClientContext,
  name: string,
  hook: () => unknown,
  connection?: Connection,
): Promise<void> {
  try {
    await hook()
  } catch (cause) {
    const error = isOAuthError(cause)
      ? cause
      : context.fail({ code: 'hook_failed', detail: `the hook ${name} failed`, cause })
    reportError(context, error, connection)
  }
}
