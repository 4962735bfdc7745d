import assert from 'node:assert/strict'
import { memoryStore, type OAuthErrorCode } from 'latchkey'
import type { Fault } from 'latchkey/testing'
import { createBrowser } from '../../../examples/demo/browser.ts'
import { clientOf, rejectsWith, type World } from './world.ts'

/** What a provider sends instead of a token, and what it must come to whatever fetch reads it. */
const table: readonly (readonly [Fault, OAuthErrorCode])[] = [
  [{ kind: 'html', status: 200 }, 'html_response'],
  [{ kind: 'html', status: 503 }, 'html_response'],
  [{ kind: 'html', status: 200, contentType: 'application/json' }, 'html_response'],
  [{ kind: 'empty' }, 'malformed_response'],
  [{ kind: 'truncated' }, 'malformed_response'],
  [{ kind: 'redirect', status: 302, location: 'https://elsewhere.example/' }, 'unexpected_redirect'],
  [{ kind: 'redirect', status: 307, location: '/oauth/token' }, 'unexpected_redirect'],
  [{ kind: 'oversized' }, 'response_too_large'],
  [{ kind: 'rate-limited', retryAfter: 7 }, 'rate_limited'],
  [{ kind: 'server-error', status: 502 }, 'provider_error'],
  // More often than any retry asks.
  [{ kind: 'reset', times: 9 }, 'network'],
  [{ kind: 'slow', ms: 60_000, times: 9 }, 'timeout'],
]

const id = 'gitlab'

/** Each of them at the exchange. Nothing is stored, and no word of the code is told. */
export async function answers(world: World): Promise<string> {
  for (const [fault, code] of table) {
    const slow = fault.kind === 'slow'
    const client = clientOf(world, id, { store: memoryStore(), timeout: slow ? 500 : 15_000 })
    const { url } = await client.authorize({ tenantId: 't1' })
    const callback = await createBrowser().decide(url, 'approve')
    await world.control.fault(id, { ...fault, on: 'exchange' })
    const error = await rejectsWith(code, client.callback(callback))
    await world.control.clear(id)
    assert.match(error.message, /^GitLab OAuth failed: /)
    const secret = new URL(callback).searchParams.get('code') ?? ''
    assert.ok(
      secret.length > 8 && !`${error.message} ${JSON.stringify(error)}`.includes(secret),
      'no code is told',
    )
    if (code === 'rate_limited') assert.equal(error.retryAfter, 7_000)
    assert.equal(await client.getConnection({ tenantId: 't1' }), undefined)
    await client.close()
  }
  return `${table.length} strange answers, each its own error`
}
