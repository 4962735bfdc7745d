/** What `GET /connections` says of a connection, as far as it is needed. */
export interface ListedConnection {
  readonly connection_id: string
  /** The integration's id, which its owner has chosen. */
  readonly provider_config_key: string
  /** Nango's own name of the provider. */
  readonly provider: string
  readonly created: string
  readonly errors: readonly { readonly type: string }[]
  readonly end_user: {
    readonly id: string
    readonly organization?: { readonly id: string } | null
  } | null
  readonly tags?: Readonly<Record<string, string>>
}

/** What `GET /connections/{id}` adds. */
export interface FullConnection {
  readonly credentials: Readonly<Record<string, unknown>>
  readonly connection_config: Readonly<Record<string, unknown>>
  readonly updated_at: string
}

const patience = 5

/** The two calls that a move needs. Errors hold the status and the path, never what was answered. */
export function nangoApi(host: string, secretKey: string) {
  async function get(path: string): Promise<unknown> {
    for (let attempt = 1; ; attempt++) {
      const response = await fetch(new URL(path, host), { headers: { authorization: `Bearer ${secretKey}` } })
      if (response.ok) return response.json()
      await response.body?.cancel()
      if (response.status !== 429 || attempt >= patience) throw new NangoError(response.status, path)
      const seconds = Number(response.headers.get('retry-after') ?? 1)
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
    }
  }
  return {
    async list(): Promise<readonly ListedConnection[]> {
      const body = await get('/connections')
      if (!isObject(body) || !Array.isArray(body.connections))
        throw new Error('GET /connections: no list came')
      return body.connections
    },
    /** With the refresh token, which comes only on demand. Nango refreshes first what ends within 15 minutes. */
    async get({ connection_id, provider_config_key }: ListedConnection): Promise<FullConnection> {
      const query = new URLSearchParams({ provider_config_key, refresh_token: 'true' })
      const path = `/connections/${encodeURIComponent(connection_id)}`
      const body = await get(`${path}?${query}`)
      if (!isFull(body)) throw new Error(`GET ${path}: no connection came`)
      return body
    },
  }
}

export class NangoError extends Error {
  readonly status: number

  constructor(status: number, path: string) {
    super(`GET ${path.replace(/\?.*$/, '')}: HTTP ${status}`)
    this.status = status
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

const isFull = (value: unknown): value is FullConnection =>
  isObject(value) && isObject(value.credentials) && isObject(value.connection_config)
