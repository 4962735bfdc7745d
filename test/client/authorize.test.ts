import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseOAuthState } from '../../src/state/oauth-state.ts'
import { credentials, secret } from '../support/acme.ts'
import { type Acme, failure, startAcme } from '../support/connected.ts'

let acme: Acme
beforeEach(async () => {
  acme = await startAcme()
})
afterEach(() => acme.close())

describe('authorize', () => {
  it('builds the URL of RFC 6749 §4.1.1 with PKCE and asks nobody', async () => {
    const { url, state, expiresAt } = await acme
      .client()
      .authorize({ tenantId: 't1', redirectPath: '/a?b=c' })
    const { searchParams, pathname } = new URL(url)
    expect(pathname).toBe('/authorize')
    expect(Object.fromEntries(searchParams)).toEqual({
      response_type: 'code',
      client_id: 'client-1',
      redirect_uri: credentials.redirectUri,
      scope: 'read offline',
      state,
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    })
    expect(expiresAt.getTime()).toBe(acme.now() + 600_000)
    expect(state).toMatch(/^[\w.-]+$/)
    expect(acme.server.requests).toEqual([])
  })

  it('seals what the callback needs, and scopes only where they differ', async () => {
    const client = acme.client({ clock: Date.now })
    const own = await client.authorize({
      tenantId: 't1',
      userId: 'u1',
      connectionId: 'two',
      redirectPath: '/x',
    })
    expect(parseOAuthState(own.state, secret)).toMatchObject({
      provider: 'acme',
      tenantId: 't1',
      userId: 'u1',
      connectionId: 'two',
      redirectPath: '/x',
    })
    expect(parseOAuthState(own.state, secret).scopes).toBeUndefined()
    const other = await client.authorize({ tenantId: 't1', scopes: ['more'] })
    expect(parseOAuthState(other.state, secret).scopes).toEqual(['more'])
    expect(new URL(other.url).searchParams.get('scope')).toBe('more')
  })

  it.each([
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'x',
    '',
    '/a\nb',
    '/\t/evil.example',
    '/a\\b',
  ])('refuses the redirectPath %j', async (redirectPath) => {
    expect((await failure(acme.client().authorize({ tenantId: 't1', redirectPath }))).code).toBe(
      'params_invalid',
    )
  })

  it.each(['', 'x'.repeat(256), 'a\u0000b', 'a\nb'])('refuses the tenantId %j', async (tenantId) => {
    expect((await failure(acme.client().authorize({ tenantId }))).code).toBe('params_invalid')
  })

  it('judges every id by the same rule, C1 control characters included', async () => {
    for (const id of ['', 'a\u0085b', 'x'.repeat(256)])
      for (const input of [
        { tenantId: id },
        { tenantId: 't1', userId: id },
        { tenantId: 't1', connectionId: id },
      ]) {
        const error = await failure(acme.client().authorize(input))
        expect(error).toMatchObject({ code: 'params_invalid', provider: 'acme' })
      }
  })

  it('says so when the state would be longer than the provider gives back', async () => {
    const authorization = { ...acme.definition.authorization, stateMaxLength: 300 }
    const client = acme.client({}, { authorization })
    await client.authorize({ tenantId: 't1' })
    const error = await failure(client.authorize({ tenantId: 't'.repeat(200) }))
    expect(error.code).toBe('params_invalid')
    expect(error.message).toContain('300')
  })

  it('sends no PKCE where the provider does not take it', async () => {
    const authorization = { ...acme.definition.authorization, pkce: 'unsupported' } as const
    const { url } = await acme.client({}, { authorization }).authorize({ tenantId: 't1' })
    expect(url).not.toContain('code_challenge')
  })
})
