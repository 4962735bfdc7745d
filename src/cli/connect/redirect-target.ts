import { isLoopback } from '../../provider/template.ts'
import { usageFailure } from '../exit-codes.ts'

/** What the user says of the redirect URI. */
export interface RedirectOptions {
  readonly redirectUri?: string
  readonly port?: number
}

/** Where the provider sends the browser back to. */
export interface RedirectTarget {
  /** With port 0 where the operating system is to choose one. */
  readonly uri: string
  /** What to listen on; nothing where the URI is not this machine's. */
  readonly listen?: {
    readonly port: number
    /** Loopback addresses and nothing else (RFC 8252 §8.3). */
    readonly hosts: readonly string[]
  }
}

/**
 * The redirect URI of RFC 8252 §7.3: the loopback IP literal with a port that is free now, or what the user has
 * registered. The path holds the integration's id, so that no two authorization servers share a URI (§8.10), and is the
 * one an application has by default. Throws a `CommandFailure` for a URI that cannot be one.
 */
export function redirectTarget(id: string, { redirectUri, port }: RedirectOptions): RedirectTarget {
  if (redirectUri === undefined)
    return {
      uri: `http://127.0.0.1:${port ?? 0}/oauth/${id}/callback`,
      listen: { port: port ?? 0, hosts: ['127.0.0.1'] },
    }
  if (port !== undefined) throw usageFailure('--port and --redirect-uri cannot be given together')
  if (!URL.canParse(redirectUri) || redirectUri.includes('#'))
    throw usageFailure('--redirect-uri must be an absolute URL without a fragment')
  const url = new URL(redirectUri)
  if (url.username || url.password) throw usageFailure('--redirect-uri must not hold a user name or password')
  if (url.protocol === 'https:') return { uri: redirectUri }
  if (url.protocol !== 'http:' || !isLoopback(url.hostname))
    throw usageFailure(
      '--redirect-uri must be https, or http at 127.0.0.1, [::1] or localhost',
      'It must be registered with the provider, character by character.',
    )
  return { uri: redirectUri, listen: { port: Number(url.port || 80), hosts: addressesOf(url.hostname) } }
}

/** A browser may take `localhost` for either address. */
function addressesOf(hostname: string): readonly string[] {
  if (hostname === 'localhost') return ['127.0.0.1', '::1']
  return [hostname.replace(/^\[|\]$/g, '')]
}
