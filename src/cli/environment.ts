import { existsSync } from 'node:fs'
import type { ProviderDefinition } from '../provider/definition.ts'
import { CommandFailure, exitCodes, usageFailure } from './exit-codes.ts'

/** Where a command looks for what it needs: options that several commands share. */
export interface StoreOptions {
  readonly store?: string
  readonly envFile?: string
}

/** The tenant of a person who connects from a terminal, where no application says who it is. */
export const defaultTenant = 'local'

/**
 * Puts the variables of `--env` into the environment of this process; one that is set already stays. (The rule of
 * `node --env-file`, nodejs.org/api/cli.html.)
 */
export function loadEnvironment({ envFile }: StoreOptions): void {
  if (envFile === undefined) return
  try {
    process.loadEnvFile(envFile)
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    throw usageFailure(
      missing ? `there is no file ${envFile}` : `${envFile} cannot be read`,
      'Give --env the path of a file with one NAME=value a line.',
    )
  }
}

/** `google-calendar` → `GOOGLE_CALENDAR`: what the names of an integration's variables begin with. */
function variablePrefix(id: string): string {
  return id.toUpperCase().replaceAll('-', '_')
}

/** The variables that the client of a definition is made from. */
export function clientVariables({ id, protocol, token }: ProviderDefinition): readonly string[] {
  if (protocol === 'api-key') return []
  const prefix = variablePrefix(id)
  const isPublic = protocol === 'oauth2' && token.authentication === 'none'
  return [`${prefix}_CLIENT_ID`, ...(isPublic ? [] : [`${prefix}_CLIENT_SECRET`])]
}

/** `FRESHDESK_API_KEY`: where `connect` finds the one credential of a definition whose users copy a key. */
export function keyVariable({ id }: Pick<ProviderDefinition, 'id'>, credential: string): string {
  return `${variablePrefix(id)}_${credential.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase()}`
}

/** Everything that is missing, in one failure that says where to get it. */
export function requireVariables(definition: ProviderDefinition, names: readonly string[]): void {
  const missing = names.filter((name) => !process.env[name])
  if (missing.length === 0) return
  const register = missing.some((name) => name !== 'LATCHKEY_SECRET')
  const ways = [
    ...(register ? [`\`npx latchkey show ${definition.id}\` says what to register`] : []),
    ...(missing.includes('LATCHKEY_SECRET') ? ['`npx latchkey secret` makes a LATCHKEY_SECRET'] : []),
  ]
  throw usageFailure(
    `missing in the environment: ${missing.join(', ')}`,
    `Set them, or give --env <path>. ${ways.join('; ')}.`,
  )
}

/** The directory of the file store, as the library finds it. */
export function storePath({ store }: StoreOptions): string {
  return store ?? (process.env.LATCHKEY_STORE || '.latchkey')
}

/** The same, where something must be in it: looking must not create it. */
export function existingStorePath(options: StoreOptions): string {
  const path = storePath(options)
  if (existsSync(path)) return path
  throw new CommandFailure(`there is no store at ${path}`, {
    exitCode: exitCodes.connectFirst,
    hint: 'Connect first (npx latchkey connect <id>), or name the store with --store <path> or LATCHKEY_STORE.',
  })
}
