import type { ClientContext } from './context.ts'
import { runHook } from './hooks.ts'
import type { Warning } from './types.ts'

const day = 86_400_000
/** How long before its date a sunset is spoken of. */
const notice = 90 * day
const said = new Set<string>()

/** Tells the application, by its hook, or once a process and provider by Node's own warnings. Never throws. */
export async function warn(context: ClientContext, warning: Omit<Warning, 'provider'>): Promise<void> {
  const { provider, hooks } = context
  if (hooks.onWarning) {
    await runHook(context, 'onWarning', () => hooks.onWarning?.({ ...warning, provider: provider.id }))
    return
  }
  const once = `${warning.code} ${provider.id}`
  if (said.has(once) || typeof process === 'undefined') return
  said.add(once)
  process.emitWarning(`latchkey: ${warning.message}`, { code: `LATCHKEY_${warning.code.toUpperCase()}` })
}

/** An integration that ends, or a version it uses that will soon: whoever connects should know (drift). */
export async function warnOfEnding(context: ClientContext): Promise<void> {
  const { lifecycle, name } = context.provider
  if (!lifecycle) return
  const { status, since, note, source } = lifecycle
  if (status === 'sunset' && Date.parse(since) - context.clock() > notice) return
  const message = `${name} is ${words[status]} (${since}). ${note} See ${source}`
  await warn(context, { code: 'provider_ending', message, lifecycle })
}

const words = {
  closing: 'being closed by its provider',
  closed: 'closed by its provider',
  legacy: 'a way to connect that its provider replaces',
  sunset: 'used in a version that its provider ends',
} as const
