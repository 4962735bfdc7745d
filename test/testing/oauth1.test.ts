import { afterEach, describe, expect, it } from 'vitest'
import { checkSignature } from '../../src/testing/oauth1/signature.ts'
import { createSimulation } from '../../src/testing/simulation.ts'
import { callback, closeSigned, type SignedCall, signing } from './oauth1-client.ts'
import { clientId, redirectUri } from './plain-client.ts'
import { headed, signed } from './protocol-definitions.ts'

afterEach(closeSigned)

describe('a correct flow', () => {
  it('gives temporary credentials, a verifier, token credentials, and an API that knows them', async () => {
    const simulator = await signing(signed, { account: { id: 'm-1' } })
    const first = await simulator.requestToken()
    expect(first.status).toBe(200)
    expect(first.headers.get('content-type')).toContain('x-www-form-urlencoded')
    expect(first.fields).toMatchObject({ oauth_callback_confirmed: 'true' })
    const { oauth_token: token = '', oauth_token_secret: secret = '' } = first.fields
    const back = await simulator.mock.approve(simulator.authorizeUrl(token))
    expect(back.startsWith(`${callback}&oauth_token=`)).toBe(true)
    const query = new URL(back).searchParams
    expect([query.get('kept'), query.get('state'), query.get('oauth_token')]).toEqual(['1', 'flow-1', token])
    const second = await simulator.accessToken(token, secret, query.get('oauth_verifier') ?? '')
    expect(second.status).toBe(200)
    const { oauth_token: access, oauth_token_secret: tokenSecret } = second.fields
    expect(access).not.toBe(token)
    const me = await simulator.send(simulator.definition.identity.request.url, {
      method: 'GET',
      oauth: { oauth_token: access },
      tokenSecret,
    })
    expect(me.json).toEqual({ id: 'm-1' })
    expect(simulator.mock.requests.map(({ endpoint }) => endpoint)).toEqual([
      'request-token',
      'exchange',
      'identity',
    ])
  })

  it('covers a form body, and signs it, too', async () => {
    const simulator = await signing(signed)
    const { token, secret } = await simulator.connect()
    const url = `${simulator.definition.api.baseUrl}/cards?b=2&a=%20`
    const call = {
      form: { name: 'Ümläut & more', z: "*'()" },
      oauth: { oauth_token: token },
      tokenSecret: secret,
    }
    expect((await simulator.send(url, call)).json).toEqual({ ok: true, path: '/cards' })
  })

  it('tells a refusal at the callback, with what that had', async () => {
    const simulator = await signing(signed)
    const { oauth_token: token = '' } = (await simulator.requestToken()).fields
    const back = await simulator.mock.deny(simulator.authorizeUrl(token))
    expect(back).toBe(`${callback}&oauth_problem=permission_denied`)
    await expect(simulator.mock.approve(simulator.authorizeUrl(token))).rejects.toThrow(
      /already been made|used/,
    )
  })

  it('shows a page in a browser, and redirects', async () => {
    const simulator = await signing(signed)
    const { oauth_token: token = '' } = (await simulator.requestToken()).fields
    const url = simulator.authorizeUrl(token)
    expect(await (await fetch(url)).text()).toContain('<li>account</li>')
    const body = new URLSearchParams({ decision: 'approve' })
    const response = await fetch(url, { method: 'POST', body, redirect: 'manual' })
    expect(response.headers.get('location')).toContain('oauth_verifier=')
    expect((await fetch(simulator.authorizeUrl('unknown'))).status).toBe(400)
  })

  it('takes the token in a declared header instead', async () => {
    const simulator = await signing(headed)
    const { token } = await simulator.connect()
    const ask = async (authorization: string) =>
      (await fetch(`${simulator.definition.api.baseUrl}/x`, { headers: { authorization } })).status
    expect(await ask(`OAuth oauth_consumer_key="${clientId}", oauth_token="${token}"`)).toBe(200)
    expect(await ask(`OAuth oauth_consumer_key="other", oauth_token="${token}"`)).toBe(401)
    expect(await ask(`Bearer ${token}`)).toBe(401)
  })
})

describe('a wrong signature', () => {
  const cases: [string, SignedCall, string, number][] = [
    ['under another secret', { consumerSecret: 'wrong' }, 'signature_invalid', 401],
    ['under a token secret that does not exist yet', { tokenSecret: 'x' }, 'signature_invalid', 401],
    [
      'over other parameters',
      { method: 'POST', spoil: (h) => h.replace('oauth_version="1.0", ', '') },
      'signature_invalid',
      401,
    ],
    ['of another consumer', { oauth: { oauth_consumer_key: 'other' } }, 'consumer_key_unknown', 401],
    [
      'by another algorithm',
      { oauth: { oauth_signature_method: 'PLAINTEXT' } },
      'signature_method_rejected',
      400,
    ],
    ['long ago', { oauth: { oauth_timestamp: '1000000000' } }, 'timestamp_refused', 401],
    ['at no time', { oauth: { oauth_timestamp: 'now' } }, 'timestamp_refused', 401],
    ['without a nonce', { oauth: { oauth_nonce: undefined } }, 'parameter_absent', 400],
    ['of another version', { oauth: { oauth_version: '2.0' } }, 'version_rejected', 400],
    ['without a callback', { oauth: { oauth_callback: undefined } }, 'parameter_absent', 400],
    [
      'for a callback that is not registered',
      { oauth: { oauth_callback: 'https://evil.example/' } },
      'parameter_rejected',
      400,
    ],
    [
      'for a callback without what the registered one has',
      { oauth: { oauth_callback: redirectUri.replace('kept=1', 'kept=2') } },
      'parameter_rejected',
      400,
    ],
    ['out of band', { oauth: { oauth_callback: 'oob' } }, 'parameter_rejected', 400],
    ['with a parameter twice', { spoil: (h) => `${h}, oauth_nonce="again"` }, 'parameter_rejected', 400],
    ['in another scheme', { spoil: (h) => h.replace('OAuth', 'Bearer') }, 'parameter_absent', 401],
    ['with parameters in the body', { form: { oauth_callback: callback } }, 'parameter_rejected', 400],
  ]
  it.each(cases)('%s', async (_what, call, error, status) => {
    const simulator = await signing(signed)
    expect(await simulator.requestToken(call)).toMatchObject({ status, body: { error } })
  })

  it('that comes twice', async () => {
    const simulator = await signing(signed)
    const oauth = { oauth_nonce: 'once' }
    expect((await simulator.requestToken({ oauth })).status).toBe(200)
    expect((await simulator.requestToken({ oauth })).body.error).toBe('nonce_used')
    simulator.clock.pass(1)
    expect((await simulator.requestToken({ oauth })).status).toBe(200)
  })

  it('by another method than the definition’s', async () => {
    const simulator = await signing(signed)
    expect((await simulator.requestToken({ method: 'GET' })).status).toBe(405)
  })
})

describe('a wrong exchange', () => {
  async function approved() {
    const simulator = await signing(signed)
    const { oauth_token: token = '', oauth_token_secret: secret = '' } = (await simulator.requestToken())
      .fields
    const back = new URL(await simulator.mock.approve(simulator.authorizeUrl(token))).searchParams
    return { simulator, token, secret, verifier: back.get('oauth_verifier') ?? '' }
  }

  it('without the verifier, with another, or with another secret', async () => {
    const { simulator, token, secret, verifier } = await approved()
    const errors = [
      await simulator.accessToken(token, secret, undefined),
      await simulator.accessToken(token, secret, 'other'),
      await simulator.accessToken(token, 'other', verifier),
      await simulator.accessToken('other', secret, verifier),
    ]
    expect(errors.map(({ body }) => body.error)).toEqual([
      'parameter_absent',
      'verifier_invalid',
      'signature_invalid',
      'signature_invalid',
    ])
    expect((await simulator.accessToken(token, secret, verifier)).status).toBe(200)
  })

  it('a second time, too late, or after the consent was taken back', async () => {
    const first = await approved()
    expect((await first.simulator.accessToken(first.token, first.secret, first.verifier)).status).toBe(200)
    const again = await first.simulator.accessToken(first.token, first.secret, first.verifier)
    expect(again.body.error).toBe('token_used')
    const late = await approved()
    late.simulator.clock.pass(600)
    expect((await late.simulator.accessToken(late.token, late.secret, late.verifier)).body.error).toBe(
      'token_expired',
    )
    const taken = await approved()
    taken.simulator.mock.revokeGrants()
    expect((await taken.simulator.accessToken(taken.token, taken.secret, taken.verifier)).body.error).toBe(
      'token_rejected',
    )
    const codes = await approved()
    codes.simulator.mock.expireCodes()
    expect((await codes.simulator.accessToken(codes.token, codes.secret, codes.verifier)).body.error).toBe(
      'token_expired',
    )
  })

  it('before the user has decided', async () => {
    const simulator = await signing(signed)
    const { oauth_token: token = '', oauth_token_secret: secret = '' } = (await simulator.requestToken())
      .fields
    expect((await simulator.accessToken(token, secret, 'guess')).body.error).toBe('verifier_invalid')
  })

  it('of an authorization URL without its fixed parameter, or with scopes joined otherwise', async () => {
    const simulator = await signing(signed)
    const { oauth_token: token = '' } = (await simulator.requestToken()).fields
    const approve = (more: Readonly<Record<string, string>>) =>
      simulator.mock.approve(simulator.authorizeUrl(token, more))
    await expect(approve({ expiration: '1day' })).rejects.toThrow(/expiration/)
    await expect(approve({ scope: 'read account' })).rejects.toThrow(/invalid_scope/)
  })
})

describe('the API', () => {
  it('refuses what is not signed by token and client, and what has ended', async () => {
    const simulator = await signing(signed)
    const { token, secret } = await simulator.connect()
    const url = `${simulator.definition.api.baseUrl}/x`
    const good = { method: 'GET', oauth: { oauth_token: token }, tokenSecret: secret }
    expect((await simulator.send(url, good)).status).toBe(200)
    expect((await simulator.send(url, { ...good, tokenSecret: 'other' })).status).toBe(401)
    expect((await simulator.send(url, { ...good, consumerSecret: 'other' })).status).toBe(401)
    const bearer = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
    expect(bearer.status).toBe(401)
    expect((await fetch(url)).status).toBe(401)
    const remove = { ...good, method: 'DELETE' }
    const tokens = `${simulator.definition.api.baseUrl}/tokens`
    expect((await simulator.send(`${tokens}/${token}`, remove)).status).toBe(200)
    expect((await simulator.send(url, good)).status).toBe(401)
  })
})

describe('the signature', () => {
  /** RFC 5849 §1.2: the three requests of its example, with the signatures printed there. */
  it.each([
    [
      'POST',
      'https://photos.example.net/initiate',
      'oauth_timestamp="137131200", oauth_nonce="wIjqoS", oauth_callback="http%3A%2F%2Fprinter.example.com%2Fready", oauth_signature="74KNZJeDHnMBp0EMJ9ZHt%2FXKycU%3D"',
      '',
    ],
    [
      'POST',
      'https://photos.example.net/token',
      'oauth_token="hh5s93j4hdidpola", oauth_timestamp="137131201", oauth_nonce="walatlh", oauth_verifier="hfdp7dh39dks9884", oauth_signature="gKgrFCywp7rO0OXSjdot%2FIHF7IU%3D"',
      'hdhd0244k9j7ao03',
    ],
    [
      'GET',
      'http://photos.example.net/photos?file=vacation.jpg&size=original',
      'oauth_token="nnch734d00sl2jdk", oauth_timestamp="137131202", oauth_nonce="chapoH", oauth_signature="MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D"',
      'pfkkdhi9sl3r4s00',
    ],
  ])('of %s %s is the one of the RFC', (method, url, params, tokenSecret) => {
    const simulation = createSimulation(signed, {
      clientId: 'dpf43f3p2l4k3l03',
      clientSecret: 'kd94hf93k423kf44',
      redirectUri: 'http://printer.example.com/ready',
      clock: () => 137_131_200_000,
    })
    const header = `OAuth realm="Photos", oauth_consumer_key="dpf43f3p2l4k3l03", oauth_signature_method="HMAC-SHA1", ${params}`
    const request = { method, url: new URL(url), headers: { authorization: header }, body: '' }
    expect(checkSignature(simulation, request, () => tokenSecret).get('oauth_consumer_key')).toBe(
      'dpf43f3p2l4k3l03',
    )
    expect(() => checkSignature(simulation, request, () => `${tokenSecret}x`)).toThrow(/signature_invalid/)
  })
})
