import type { Simulated } from '../../examples/demo/simulators.ts'

/** What a runtime under test is told, as JSON: in the file that `LATCHKEY_RUNTIME_TEST` names; a worker in a binding of that name. */
export interface Setup {
  /** What it is called here: `bun`. */
  readonly runtime: string
  /** Where the simulators are steered (`control-server.ts`). */
  readonly control: string
  readonly secret: string
  readonly simulated: readonly Simulated[]
  /** Absent: there is no such server, and what needs one is not asked for. */
  readonly redisUrl?: string
  readonly postgresUrl?: string
  /** Of this run alone. Absent: the runtime has no disk. */
  readonly folder?: string
}

/** Where the redirect URIs point. The servers under test listen elsewhere, as behind a proxy. */
export const appOrigin = 'https://app.example.com'

/** Who asks, in the place of a login. */
export const tenantHeader = 'x-tenant'

export function parseSetup(text: string): Setup {
  const setup: Setup = JSON.parse(text)
  return setup
}
