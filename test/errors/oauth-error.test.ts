import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { errorCodes } from '../../src/errors/codes.ts'
import { extendError, isOAuthError, OAuthError } from '../../src/errors/oauth-error.ts'

describe('OAuthError', () => {
  it('is an Error with a code, a hint and the one wording', () => {
    const cause = new Error('below')
    const error = new OAuthError({
      code: 'provider_error',
      provider: 'slack',
      providerName: 'Slack',
      error: 'invalid_code',
      errorDescription: 'It expired',
      status: 400,
      retryAfter: 1_000,
      redirectPath: '/x',
      cause,
    })
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({
      name: 'OAuthError',
      code: 'provider_error',
      provider: 'slack',
      error: 'invalid_code',
      errorDescription: 'It expired',
      status: 400,
      retryable: false,
      retryAfter: 1_000,
      redirectPath: '/x',
      hint: errorCodes.provider_error,
      cause,
    })
    expect(error.message).toBe('Slack OAuth failed: invalid_code - It expired')
  })

  it('puts our code where the provider said nothing, and has no properties that were not given', () => {
    const error = new OAuthError({ code: 'timeout', detail: 'no answer in time' })
    expect(error.message).toBe('OAuth failed: timeout - no answer in time')
    expect(Object.keys(error).sort()).toEqual(['code', 'hint', 'name', 'retryable'])
    expect('cause' in error).toBe(false)
  })

  it('prints nothing twice and nothing hidden', () => {
    const error = new OAuthError({ code: 'network', provider: 'acme', providerName: 'Acme', detail: 'down' })
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name: 'OAuthError',
      code: 'network',
      provider: 'acme',
      retryable: false,
      hint: errorCodes.network,
    })
    expect(inspect(error)).not.toContain('providerName')
  })

  it('has a hint for every code', () => {
    for (const hint of Object.values(errorCodes)) expect(hint).toMatch(/\.$/)
  })
})

describe('isOAuthError', () => {
  it('knows one of another copy of the package by its brand', () => {
    const foreign = Object.defineProperty(new Error('x'), Symbol.for('latchkey.OAuthError'), {
      value: { code: 'timeout' },
    })
    expect(isOAuthError(foreign)).toBe(true)
    expect(isOAuthError(new OAuthError({ code: 'timeout' }))).toBe(true)
  })

  it.each([
    null,
    undefined,
    0,
    '',
    'OAuthError',
    {},
    [],
    new Error('OAuthError'),
    { name: 'OAuthError', code: 'timeout' },
    { [Symbol.for('latchkey.OAuthError')]: {} },
    () => 1,
  ])('does not take %s for one', (value) => expect(isOAuthError(value)).toBe(false))
})

describe('extendError', () => {
  it('adds what the caller knows, overrides nothing, and keeps the first stack', () => {
    const first = new OAuthError({
      code: 'network',
      detail: 'ECONNRESET',
      retryable: true,
      redirectPath: undefined,
    })
    const extended = extendError(first, {
      provider: 'acme',
      providerName: 'Acme',
      redirectPath: '/x',
      detail: 'other',
    })
    expect(extended).toMatchObject({ code: 'network', provider: 'acme', retryable: true, redirectPath: '/x' })
    expect(extended.message).toBe('Acme OAuth failed: network - ECONNRESET')
    const frames = (error: Error) => error.stack?.split('\n').filter((line) => /^\s+at /.test(line))
    expect(frames(extended)).toEqual(frames(first))
    expect(extended.stack).toContain('Acme OAuth failed')
    expect(extendError(extended, { provider: 'other', redirectPath: '/y' })).toMatchObject({
      provider: 'acme',
      redirectPath: '/x',
    })
  })

  it('keeps the cause, and takes a message with replacement marks as it is', () => {
    const cause = new Error('below')
    const extended = extendError(new OAuthError({ code: 'network', detail: "$& $1 $'", cause }), {
      provider: 'acme',
    })
    expect(extended.cause).toBe(cause)
    expect(extended.stack).toContain("acme OAuth failed: network - $& $1 $'")
  })
})
