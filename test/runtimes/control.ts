import type { Fault, RecordedRequest } from 'latchkey/testing'

/** A request as a simulator has seen it. */
export type Seen = Pick<RecordedRequest, 'endpoint' | 'headers'>

/** The simulators, from the runtime under test. */
export interface Control {
  fault(id: string, fault: Fault): Promise<void>
  clear(id: string): Promise<void>
  /** Every access token of this provider ends now. */
  expire(id: string): Promise<void>
  issueKey(id: string): Promise<string>
  requests(id: string): Promise<readonly Seen[]>
}

export function controlAt(origin: string): Control {
  async function ask(id: string, action: string, body?: unknown): Promise<Response> {
    const response = await fetch(`${origin}/${id}/${action}`, {
      method: 'POST',
      body: JSON.stringify(body ?? {}),
    })
    if (!response.ok) throw new Error(`${id}/${action}: ${await response.text()}`)
    return response
  }
  const tell = async (id: string, action: string, body?: unknown) => {
    await (await ask(id, action, body)).text()
  }
  return {
    fault: (id, fault) => tell(id, 'fault', fault),
    clear: (id) => tell(id, 'clear'),
    expire: (id) => tell(id, 'expire'),
    async issueKey(id) {
      const { key }: { key: string } = JSON.parse(await (await ask(id, 'key')).text())
      return key
    },
    async requests(id) {
      const seen: readonly Seen[] = JSON.parse(await (await ask(id, 'requests')).text())
      return seen
    },
  }
}
