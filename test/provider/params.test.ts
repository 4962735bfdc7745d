import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gitlab } from '../../providers/gitlab.ts'
import { quickbooks } from '../../providers/quickbooks.ts'
import { shopify } from '../../providers/shopify.ts'
import { zohoBooks } from '../../providers/zoho-books.ts'
import { isOAuthError } from '../../src/errors/oauth-error.ts'
import type { ProviderDefinition } from '../../src/provider/definition.ts'
import { checkCapturedParam, checkTenantParams, checkTrustedParams } from '../../src/provider/params.ts'

function refusal(run: () => unknown): string {
  try {
    return `taken: ${JSON.stringify(run())}`
  } catch (error) {
    if (!isOAuthError(error) || error.code !== 'params_invalid') throw error
    return error.message
  }
}
const tenant = (definition: ProviderDefinition, given: Record<string, string>, fixed = {}) =>
  refusal(() => checkTenantParams(definition, given, fixed))

describe('params of a tenant', () => {
  it('are refused when nobody declared them', () => {
    expect(tenant(shopify, { shop: 'acme', host: 'x' })).toContain(
      'there is no param "host": it takes "shop"',
    )
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty'])
      expect(
        tenant(
          shopify,
          Object.fromEntries([
            ['shop', 'acme'],
            [name, 'x'],
          ]),
        ),
      ).toContain(`there is no param "${name}"`)
    const { params: _params, ...none } = gitlab
    expect(tenant(none, { host: 'x' })).toContain('it takes none')
    expect(tenant(gitlab, { ['x'.repeat(5_000)]: 'x' }).length).toBeLessThan(500)
  })

  it('are refused where they decide where secrets go, even with the very value in force', () => {
    expect(tenant(gitlab, { host: 'gitlab.com' })).toContain(
      '"host" can only be set in the client\'s options',
    )
    expect(tenant(gitlab, { host: 'gitlab.com' }, { host: 'gitlab.com' })).toContain('can only be set')
    expect(tenant(quickbooks, { environment: 'sandbox' })).toContain('can only be set')
  })

  it('are refused where the provider names them', () => {
    expect(tenant(quickbooks, { realmId: '9130347596842384' })).toContain('comes from the provider')
    for (const name of ['accountsServer', 'apiDomain', 'organizationName'])
      expect(tenant(zohoBooks, { [name]: 'https://accounts.zoho.eu' })).toContain('comes from the provider')
  })

  it('are demanded where required, unless the client fixed them', () => {
    expect(tenant(shopify, {})).toContain('param "shop" is missing')
    expect(checkTenantParams(shopify, { shop: undefined }, { shop: 'acme' })).toEqual({})
    expect(checkTenantParams(shopify, { shop: 'acme' }, { shop: 'acme' })).toEqual({ shop: 'acme' })
    expect(tenant(shopify, { shop: 'other' }, { shop: 'acme' })).toContain('is fixed')
  })

  it.each([
    'acme-store',
    'Acme-Store',
    ' acme-store ',
    'acme-store.myshopify.com',
    'https://acme-store.myshopify.com',
    'https://acme-store.myshopify.com/',
    'http://ACME-store.myshopify.com/admin',
    'https://acme-store.myshopify.com/admin/',
    'https://admin.shopify.com/store/acme-store',
    'admin.shopify.com/store/acme-store/',
  ])('%j is the shop acme-store', (shop) => {
    expect(checkTenantParams(shopify, { shop }, {})).toEqual({ shop: 'acme-store' })
  })

  it.each([
    'evil.example',
    'acme.myshopify.com.evil.example',
    'evil.example/.myshopify.com',
    'a@b',
    'acme store',
    '-acme',
    'acme-',
    'a_b',
    '',
    '.',
    '..',
    'acme\n',
    'ac\nme',
    'é',
    'https://https://acme',
  ])('%j is no shop', (shop) => {
    const message = tenant(shopify, { shop })
    // A final line end is white space around what was pasted, so that one alone is trimmed.
    if (shop === 'acme\n') expect(message).toBe('taken: {"shop":"acme"}')
    else expect(message).toContain('param "shop" is not valid')
  })

  it('that are accepted match their pattern whole', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.domain(), fc.webUrl()), (shop) => {
        const message = tenant(shopify, { shop })
        const value = /^taken: \{"shop":"(.*)"\}$/s.exec(message)?.[1]
        if (value !== undefined) expect(value).toMatch(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/)
        else expect(message).not.toContain('"shop":')
      }),
    )
  })

  it('must be strings', () => {
    const given: Record<string, string> = JSON.parse('{"shop": 7}')
    expect(tenant(shopify, given)).toContain('must be a string')
  })
})

describe('params of the client', () => {
  it('may be trusted ones, and must fit', () => {
    expect(checkTrustedParams(gitlab, { host: 'git.acme.example:8443/sub' })).toEqual({
      host: 'git.acme.example:8443/sub',
    })
    for (const host of [
      'https://git.acme.example',
      'u@h',
      'h/../x',
      'h/./x',
      'h?x',
      'h#x',
      'h\\x',
      'h:port',
      '',
      'h/%2e%2e/x',
    ])
      expect(refusal(() => checkTrustedParams(gitlab, { host }))).toContain('is not valid')
    expect(refusal(() => checkTrustedParams(gitlab, { nope: 'x' }))).toContain('there is no param "nope"')
  })
})

describe('params that a provider names', () => {
  it('are taken from the allow-list only', () => {
    expect(checkCapturedParam(zohoBooks, 'accountsServer', 'https://accounts.zoho.eu')).toBe(
      'https://accounts.zoho.eu',
    )
    for (const value of [
      'https://accounts.zoho.evil',
      'https://accounts.zoho.eu.evil.example',
      'https://accounts.zoho.eu@evil.example',
      'https://accounts-zoho.eu',
      'http://accounts.zoho.eu',
      'https://accounts.zoho.eu/',
      'https://accounts.zoho.eu\n',
      '',
    ])
      expect(refusal(() => checkCapturedParam(zohoBooks, 'accountsServer', value))).toContain(
        'not one that is accepted',
      )
    expect(refusal(() => checkCapturedParam(zohoBooks, 'constructor', 'x'))).toContain(
      'not one that is accepted',
    )
  })

  it('are not repeated in the refusal', () => {
    expect(
      refusal(() => checkCapturedParam(zohoBooks, 'accountsServer', 'https://evil.example/x')),
    ).not.toContain('evil')
  })
})
