import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ProviderDefinition } from 'latchkey'

// For trying an example out: with LATCHKEY_SIMULATE=1 each definition that goes through here gets a simulator of its
// provider, on a port of its own in this process, so that nothing has to be registered anywhere.

/** The definition as it is; with `LATCHKEY_SIMULATE=1`, at a simulator, and its credentials in the environment. */
export async function trial<const P extends ProviderDefinition>(definition: P): Promise<P> {
  if (process.env.LATCHKEY_SIMULATE !== '1') return definition
  // Loaded here, so that the real thing does not pay for it.
  const { mockProvider } = await import('latchkey/testing')
  prepareEnvironment()
  const prefix = definition.id.toUpperCase().replace(/-/g, '_')
  const clientId = `trial-${definition.id}`
  const clientSecret = randomBytes(16).toString('hex')
  const redirectUri = `${process.env.LATCHKEY_BASE_URL}/oauth/${definition.id}/callback`
  const simulator = await mockProvider(definition, { clientId, clientSecret, redirectUri }).listen()
  process.env[`${prefix}_CLIENT_ID`] = clientId
  process.env[`${prefix}_CLIENT_SECRET`] = clientSecret
  onStop(() => void simulator.close())
  return simulator.definition
}

/** A secret that is made anew at each start cannot open what the last one sealed, so the store goes with it. */
function prepareEnvironment(): void {
  process.env.LATCHKEY_BASE_URL ??= `http://localhost:${process.env.PORT ?? 3000}`
  process.env.LATCHKEY_SECRET ??= randomBytes(32).toString('base64url')
  if (process.env.LATCHKEY_STORE) return
  const directory = mkdtempSync(join(tmpdir(), 'latchkey-trial-'))
  process.env.LATCHKEY_STORE = directory
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }))
}

function onStop(stop: () => void): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)
}
