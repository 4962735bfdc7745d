import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { installedFolder } from './environment.ts'

/** A token endpoint on loopback, in a process of its own. */
export interface TokenEndpoint {
  readonly origin: string
  /** Sets how long (ms) each answer takes from now on; answers how many requests have come so far. */
  set(latency: number): Promise<number>
  close(): void
}

export async function startTokenEndpoint(): Promise<TokenEndpoint> {
  const child = fork(join(installedFolder(), 'bench/children/token-endpoint.mjs'), { execArgv: [] })
  const origin = String(await reply(child, 'origin'))
  return {
    origin,
    async set(latency) {
      const answered = reply(child, 'requests')
      child.send({ latency })
      return Number(await answered)
    },
    close: () => child.disconnect(),
  }
}

async function reply(child: ChildProcess, field: string): Promise<unknown> {
  const [message] = await once(child, 'message')
  return Reflect.get(Object(message), field)
}
