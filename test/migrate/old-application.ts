import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { createOAuthClient } from '../../src/create-client.ts'
import type { ProviderDefinition } from '../../src/provider/definition.ts'
import { postgresStore } from '../../src/stores/postgres/index.ts'
import { exampleEnvironment } from '../examples/example-server.ts'
import { postgresUrl } from '../support/servers.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const settings = {
  clientId: 'id',
  clientSecret: 'secret',
  redirectUri: 'https://app.example.com/callback',
  secret: 'the secret of the new application, 32 bytes',
} as const

/** ms for a test that starts processes, on a machine that does much else. */
export const patience = 240_000

/** What a migration prints. */
export interface Printed {
  readonly dryRun: boolean
  readonly read: number
  readonly imported: number
  readonly alreadyThere: number
  readonly leftBehind: readonly { readonly source: string; readonly why: string }[]
}

/** An application's database in a Postgres schema of its own, with its old tables, and the scripts that move it. */
export async function oldApplication(tables = '') {
  const schema = `migrate_${randomUUID().replaceAll('-', '')}`
  const url = new URL(postgresUrl)
  url.searchParams.set('options', `-c search_path=${schema}`)
  const database = new pg.Client({ connectionString: url.href })
  await database.connect()
  await database.query(`CREATE SCHEMA ${schema}`)
  if (tables) await database.query(tables)
  const store = postgresStore({ connectionString: url.href })
  const said: string[] = []
  return {
    url: url.href,
    database,
    store,
    /** All that the scripts have printed. */
    said: () => said.join('\n'),
    /** Runs `migrate.ts` of an example as its README does, with clients for these integrations. */
    async migrate(
      example: string,
      integrations: readonly string[],
      { args = [], env = {} }: { readonly args?: readonly string[]; readonly env?: NodeJS.ProcessEnv } = {},
    ): Promise<Printed> {
      const child = spawn(process.execPath, ['--import', 'tsx', `examples/${example}/migrate.ts`, ...args], {
        cwd: root,
        env: {
          ...exampleEnvironment(),
          ...environmentOf(integrations),
          DATABASE_URL: url.href,
          // Times without a zone must not be read as this machine's.
          TZ: 'America/New_York',
          ...env,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let [out, errors] = ['', '']
      child.stdout.on('data', (data: Buffer) => {
        out += data.toString()
      })
      child.stderr.on('data', (data: Buffer) => {
        errors += data.toString()
      })
      const [code] = await once(child, 'close')
      said.push(out, errors)
      if (code !== 0) throw new Error(`${example} ended with ${code}: ${errors}`)
      return JSON.parse(out)
    },
    client: <const P extends ProviderDefinition>(definition: P) =>
      createOAuthClient<P>(definition, { ...settings, store }),
    async dispose() {
      await database.query(`DROP SCHEMA ${schema} CASCADE`)
      await database.end()
      await store.close?.()
    },
  }
}

function environmentOf(integrations: readonly string[]): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {
    LATCHKEY_SECRET: settings.secret,
    LATCHKEY_BASE_URL: 'https://app.example.com',
  }
  for (const id of integrations) {
    const prefix = id.toUpperCase().replaceAll('-', '_')
    env[`${prefix}_CLIENT_ID`] = settings.clientId
    env[`${prefix}_CLIENT_SECRET`] = settings.clientSecret
  }
  return env
}

export type OldApplication = Awaited<ReturnType<typeof oldApplication>>
