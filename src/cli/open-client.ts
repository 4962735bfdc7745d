import type { OAuthClient } from '../client-types.ts'
import { createOAuthClient } from '../create-client.ts'
import type { ProviderDefinition } from '../provider/definition.ts'
import { fileStore } from '../stores/file-store.ts'
import type { ConnectionRef, Hooks } from '../types.ts'
import { type RedirectOptions, redirectTarget } from './connect/redirect-target.ts'
import {
  clientVariables,
  existingStorePath,
  loadEnvironment,
  requireVariables,
  type StoreOptions,
} from './environment.ts'
import { usageFailure } from './exit-codes.ts'
import { findDefinition } from './find-definition.ts'
import { say } from './output.ts'

/** The options of commands that work on one connection that exists. */
export interface ConnectionOptions extends StoreOptions, RedirectOptions {
  readonly tenant: string
  readonly connection?: string
}

/** Failures and warnings that reach no caller. */
export const tellingHooks: Hooks = {
  onWarning: ({ message }) => say(`latchkey: ${message}`),
  onError: ({ error }) => say(`latchkey: ${error.message}`),
}

/** Runs `work` with a client of the named integration on the store there is, and closes both. */
export async function withClient<T>(
  name: string,
  options: ConnectionOptions,
  work: (client: OAuthClient, ref: ConnectionRef) => Promise<T>,
): Promise<T> {
  loadEnvironment(options)
  const definition = await findDefinition(name)
  requireVariables(definition, [...clientVariables(definition), 'LATCHKEY_SECRET'])
  const redirectUri = knownRedirectUri(definition, options)
  const store = fileStore(existingStorePath(options))
  const client: OAuthClient = createOAuthClient(definition, {
    store,
    redirectUri,
    hooks: tellingHooks,
  })
  try {
    return await work(client, { tenantId: options.tenant, connectionId: options.connection })
  } finally {
    await client.close()
    await store.close?.()
  }
}

/**
 * Nobody is redirected by these commands. Few providers (gitlab) want the URI of the connect again when they refresh, and
 * another one there could end the grant: then it must be said.
 */
function knownRedirectUri(definition: ProviderDefinition, options: RedirectOptions): string {
  const given = options.redirectUri !== undefined || options.port !== undefined
  const baseUrl = process.env.LATCHKEY_BASE_URL?.replace(/\/+$/, '')
  if (!given && baseUrl) return `${baseUrl}/oauth/${definition.id}/callback`
  if (!given && repeatsRedirectUri(definition))
    throw usageFailure(
      `${definition.name} wants the redirect URI of the connect again at each refresh`,
      'Give the --port or --redirect-uri that connect had; LATCHKEY_BASE_URL if your application connected it.',
    )
  return redirectTarget(definition.id, options).uri
}

/** Whether a refresh sends the redirect URI, too. */
export function repeatsRedirectUri({ refresh }: ProviderDefinition): boolean {
  return refresh ? refresh.sendRedirectUri === true : false
}
