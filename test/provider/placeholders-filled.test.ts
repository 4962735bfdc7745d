import { describe, expect, it } from 'vitest'
import { createOAuthClient, defineProvider, isOAuthError, memoryStore } from '../../src/index.ts'
import { acmeAt, credentials } from '../support/acme.ts'
import { flowValues, withTemplate } from '../support/template-places.ts'

const acme = acmeAt('https://acme.example')

/** What each value is in the flow below. */
const given: Readonly<Record<string, string>> = {
  ...{ clientId: credentials.clientId, clientSecret: credentials.clientSecret, scope: 'read offline' },
  ...{
    redirectUri: credentials.redirectUri,
    accessToken: 'the-access-token',
    refreshToken: 'the-refresh-token',
  },
}

/** Everything that leaves the client in the life of a connection, decoded, and the words of what failed. */
async function life(fields: object): Promise<{ readonly sent: string; readonly errors: readonly string[] }> {
  const sent: string[] = []
  const errors: string[] = []
  let clock = Date.UTC(2026, 10, 21, 12)
  const note = (error: unknown) => {
    if (!isOAuthError(error)) throw error
    errors.push(error.message)
  }
  const client = createOAuthClient(defineProvider(JSON.parse(JSON.stringify({ ...acme, ...fields }))), {
    ...credentials,
    store: memoryStore(),
    clock: () => clock,
    hooks: { onError: ({ error }) => note(error) },
    async fetch(input, init) {
      const headers = [...new Headers(init?.headers)].map(([name, value]) => `${name}: ${decoded(value)}`)
      sent.push(decodeURIComponent([input, init?.body ?? '', ...headers].join('\n').replaceAll('+', ' ')))
      const answer = {
        access_token: 'the-access-token',
        refresh_token: 'the-refresh-token',
        expires_in: 600,
        id: 'i',
      }
      return new Response(JSON.stringify(answer))
    },
  })
  const ref = { tenantId: 't1' }
  try {
    const { url, state } = await client.authorize(ref)
    sent.push(decodeURIComponent(url.replaceAll('+', ' ')))
    const query = new URLSearchParams({ code: 'the-code', state })
    await client.callback(query)
    await client.fetch(ref, '/x')
    clock += 3_600_000
    await client.refresh(ref)
    await client.disconnect(ref)
  } catch (error) {
    note(error)
  }
  return { sent: sent.join('\n\n'), errors }
}

/** The halves of Basic in clear. */
function decoded(value: string): string {
  return /^Basic /.test(value) ? `Basic ${Buffer.from(value.slice(6), 'base64').toString()}` : value
}

/** Asked by nothing that sends it: compared with an answer, or read by a sync of the application's own. */
const neverSent = /^(?:authorization\.issuer|callback\.match|discovery\.\d+\.choose|history)\./
const cases = flowValues
  .filter(([place]) => !neverSent.test(place))
  .flatMap(([place, ...names]) => names.map((name) => [place, name] as const))

describe('what defineProvider lets stand, a flow fills', () => {
  it.each(cases)('%s with {%s}', async (place, name) => {
    // In a JSON body only a whole string is a placeholder.
    const marked = place.includes('.json.') ? `{${name}}` : `zz{${name}}`
    const { sent, errors } = await life(withTemplate(place, marked))
    const found = place.includes('.json.') ? `"${given[name]}"` : `zz${given[name]}`
    expect(sent.includes(found), `${found} in what was sent; ${errors.join('; ')}`).toBe(true)
  })
})
