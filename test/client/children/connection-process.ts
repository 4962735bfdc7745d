import { writeSync } from 'node:fs'
import { createOAuthClient } from '../../../src/create-client.ts'
import { isOAuthError } from '../../../src/errors/oauth-error.ts'
import { fileStore } from '../../../src/stores/file-store.ts'
import { acmeAt, credentials } from '../../support/acme.ts'

// One process of an application: `connection-process.ts <origin> <directory> <step> [callback URL]`.
const [, , origin = '', directory = '', step = '', callbackUrl = ''] = process.argv

const ref = { tenantId: 'tenant-1' }
const store = fileStore(directory)
const client = createOAuthClient(acmeAt(origin), { ...credentials, store, timeout: 1_500 })

/** Written before it returns, so that nothing is lost when the process dies at the next statement. */
function say(value: unknown): void {
  writeSync(1, `${JSON.stringify(value)}\n`)
}

async function begin(): Promise<string> {
  const { state } = await client.authorize({ ...ref, userId: 'user-1', redirectPath: '/back' })
  return `https://app.example.com/oauth/acme/callback?${new URLSearchParams({ code: 'code-1', state })}`
}

const steps: Readonly<Record<string, () => Promise<unknown>>> = {
  authorize: begin,
  callback: async () => (await client.callback(callbackUrl)).connection,
  async 'connect and die'() {
    const { connection } = await client.callback(await begin())
    say(connection)
    process.kill(process.pid, 'SIGKILL')
  },
  connection: async () => (await client.getConnection(ref)) ?? null,
  tokens: () => client.getTokens(ref),
  refresh: () => client.refresh(ref),
  async 'refresh and die'() {
    say(await client.refresh(ref))
    process.kill(process.pid, 'SIGKILL')
  },
  async use() {
    const before = await client.getAccessToken(ref)
    const refreshed = await client.refresh(ref)
    const response = await client.fetch(ref, '/things')
    return { before, refreshed, after: await client.getAccessToken(ref), answer: await response.json() }
  },
}

try {
  const run = steps[step]
  if (!run) throw new Error(`there is no step "${step}"`)
  say(await run())
} catch (error) {
  if (!isOAuthError(error)) throw error
  const { code, redirectPath } = error
  say({ failed: code, redirectPath })
} finally {
  await store.close?.()
}
