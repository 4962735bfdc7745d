/** What reached the simulator, whichever way it came. */
export interface SimulatedRequest {
  readonly method: string
  /** At the provider's real host, also where it came over loopback. */
  readonly url: URL
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** The loopback server it came through: what is reported then points there, too. */
  readonly origin?: string | undefined
}

export interface SimulatedAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** An answer, or a connection that breaks before one. */
export type SimulatedResponse = SimulatedAnswer | 'reset'

export function jsonAnswer(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): SimulatedAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  }
}

export function textAnswer(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): SimulatedAnswer {
  return {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', ...headers },
    body,
  }
}

export function formAnswer(
  status: number,
  fields: readonly (readonly [name: string, value: string])[],
): SimulatedAnswer {
  const form = new URLSearchParams()
  for (const [name, value] of fields) form.set(name, value)
  return {
    status,
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      'cache-control': 'no-store',
    },
    body: form.toString(),
  }
}

/** A URL as the asker may see it: behind the loopback server where it came through one. */
export function present(value: string, origin: string | undefined): string {
  return origin === undefined ? value : value.replace(/^https:\/\//, `${origin}/`)
}
