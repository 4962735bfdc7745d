import { createOAuthClient } from '../../src/create-client.ts'
import { isOAuthError } from '../../src/errors/oauth-error.ts'
import type { OAuthClient } from '../../src/index.ts'
import { credentials } from '../support/acme.ts'
import { openStore } from '../support/store-spec.ts'
import { type Command, type FromWorker, type Outcome, tokenId, type WorkerSetup } from './commands.ts'
import { accessTokenIn } from './token-answer.ts'
import { createTroubles } from './troubles.ts'

// One process of the application: it does what the parent says, and dies where it is told to.

// The parent may be gone: its workers end with it, in silence.
const tell = (message: FromWorker) => process.connected && process.send?.(message, () => undefined)

process.on('unhandledRejection', (reason) => {
  tell({
    kind: 'unhandled',
    words: reason instanceof Error ? (reason.stack ?? reason.message) : String(reason),
  })
})
process.once('message', (setup: WorkerSetup) => void run(setup))

async function run(setup: WorkerSetup): Promise<void> {
  let { offset } = setup
  const opened = await openStore(setup.store)
  const troubles = createTroubles(setup, (answer) => {
    const accessToken = accessTokenIn(answer)
    if (accessToken !== undefined) tell({ kind: 'received', token: tokenId(accessToken) })
  })
  const store = troubles.store(opened.store)
  const clients = new Map<string, OAuthClient>()
  for (const definition of setup.definitions)
    clients.set(
      definition.id,
      createOAuthClient(definition, {
        ...credentials,
        store,
        ...(store.coordinator && { coordinator: troubles.coordinator(store.coordinator) }),
        ...(setup.wired && { fetch: troubles.fetch }),
        timeout: setup.timeout,
        clock: () => Date.now() + offset,
        hooks: {
          onError: ({ error, connection }) => heard('error', error.code, connection?.tenantId),
          onReconnectRequired: ({ error, connection }) => heard('reconnect', error.code, connection.tenantId),
        },
      }),
    )
  await opened.store.load({ provider: 'none', tenantId: 'warm-up', connectionId: 'default' })

  process.on('message', (message: { readonly id: number; readonly command: Command }) => {
    void obey(message.command).then((outcome) => tell({ kind: 'outcome', id: message.id, outcome }))
  })
  tell({ kind: 'ready' })

  function heard(hook: 'error' | 'reconnect', code: string, tenantId = ''): void {
    tell({ kind: 'heard', hook, code, tenantId })
  }

  function clientOf(provider: string): OAuthClient {
    const client = clients.get(provider)
    if (!client) throw new Error(`this worker has no ${provider}`)
    return client
  }

  async function obey(command: Command): Promise<Outcome> {
    const tally = createTally()
    switch (command.do) {
      case 'tokens': {
        const { provider, tenantId, count, rejected } = command
        const client = clientOf(provider)
        await Promise.all(
          Array.from({ length: count }, () =>
            tally.of(async () => tally.token(await client.getAccessToken({ tenantId }, { rejected }))),
          ),
        )
        break
      }
      case 'refresh':
        await tally.of(async () => {
          await clientOf(command.provider).refresh(command)
          tally.count('refreshed')
        })
        break
      case 'disconnect':
        await tally.of(async () => {
          const { revoked } = await clientOf(command.provider).disconnect(command)
          tally.count(revoked ? 'revoked' : 'not revoked')
        })
        break
      case 'fetch':
        await tally.of(async () => {
          const response = await clientOf(command.provider).fetch(command, command.path)
          await response.body?.cancel()
          tally.status(response.status)
        })
        break
      case 'refreshExpiring':
        await tally.of(async () => {
          const { provider, within } = command
          const result = await clientOf(provider).refreshExpiring({ within })
          for (const [name, count] of Object.entries(result)) tally.count(name, count)
        })
        break
      case 'clock':
        offset = command.offset
        break
      case 'die':
        troubles.dieAt(command.at, command.delay)
        break
      case 'store':
        troubles.spoil(command.fault)
        break
      case 'close':
        for (const client of clients.values()) await client.close()
        await opened.close()
        // The channel is what keeps this process alive; the answer must be out before it goes.
        setImmediate(() => process.disconnect())
    }
    return tally.outcome
  }
}

function createTally() {
  const outcome = { tokens: {}, errors: {}, statuses: {}, counts: {} }
  const add = (to: Record<string, number>, name: string, count = 1) => {
    to[name] = (to[name] ?? 0) + count
  }
  return {
    outcome,
    token: (token: string) => add(outcome.tokens, tokenId(token)),
    status: (status: number) => add(outcome.statuses, String(status)),
    count: (name: string, count = 1) => add(outcome.counts, name, count),
    async of(call: () => Promise<void>): Promise<void> {
      try {
        await call()
      } catch (error) {
        add(outcome.errors, isOAuthError(error) ? error.code : `not ours: ${String(error)}`)
      }
    },
  }
}
