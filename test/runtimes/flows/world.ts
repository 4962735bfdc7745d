import assert from 'node:assert/strict'
import { createOAuthClient, isOAuthError, type OAuthClientOptions, type OAuthErrorCode } from 'latchkey'
import type { Control } from '../control.ts'
import { appOrigin, type Setup } from '../setup.ts'

/** Where a flow takes place. */
export interface World {
  readonly setup: Setup
  readonly control: Control
}

/** What is done inside the runtime; it throws where something does not hold, and returns what it saw. */
export type Flow = (world: World) => Promise<string>
export type Flows = Readonly<Record<string, Flow>>

/** A client on the simulator of one integration. Warnings are Node's matter here: without a hook they are emitted. */
export function clientOf({ setup }: World, id: string, options: OAuthClientOptions) {
  const { definition, clientId, clientSecret } = simulatedOf(setup, id)
  return createOAuthClient(definition, {
    clientId,
    clientSecret,
    redirectUri: `${appOrigin}/oauth/${id}/callback`,
    secret: setup.secret,
    ...options,
  })
}

export function simulatedOf({ simulated }: Setup, id: string) {
  const found = simulated.find(({ definition }) => definition.id === id)
  assert.ok(found, `a simulator of ${id}`)
  return found
}

/** Fails unless `promise` rejects with an `OAuthError` of this code. */
export async function rejectsWith(code: OAuthErrorCode, promise: Promise<unknown>) {
  const error: unknown = await promise.then(
    () => assert.fail(`it should have failed with ${code}`),
    (reason: unknown) => reason,
  )
  if (!isOAuthError(error)) throw error
  assert.equal(error.code, code, error.message)
  return error
}
