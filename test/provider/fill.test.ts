import { describe, expect, it } from 'vitest'
import { shopify } from '../../providers/shopify.ts'
import { readCapture } from '../../src/provider/capture.ts'
import { expandAll, fillJson } from '../../src/provider/fill.ts'
import { failure } from '../support/connected.ts'

describe('the parameters of a request', () => {
  it('leave out what is nothing but a placeholder without a value', () => {
    const templates = { fixed: 'x', config: '{config}', store: '{shop}', empty: '{none}' }
    expect(expandAll(shopify, templates, { shop: 'acme', none: undefined })).toEqual({
      fixed: 'x',
      store: 'acme',
    })
    expect(expandAll(shopify, { config: '{config}' }, { config: '' })).toEqual({ config: '' })
    expect(expandAll(shopify, undefined, {})).toEqual({})
  })

  it('miss a value inside longer text', async () => {
    const error = await failure(() => expandAll(shopify, { store: 'https://{shop}' }, {}))
    expect(error).toMatchObject({ code: 'params_invalid' })
  })
})

describe('a JSON body', () => {
  const values = { shop: 'acme', list: ['a', 'b'], odd: '{shop}' }

  it('is filled where a string is exactly one placeholder', () => {
    const body = { a: '{shop}', deep: [{ b: '{list}' }, '{shop}'], odd: '{odd}', n: 1, t: true, z: null }
    expect(fillJson(shopify, body, values)).toEqual({
      a: 'acme',
      deep: [{ b: ['a', 'b'] }, 'acme'],
      // What a value holds is no template.
      odd: '{shop}',
      n: 1,
      t: true,
      z: null,
    })
  })

  it('keeps any other text, braces and all', () => {
    const query = '{ shop { id } } {shop} query{shop}'
    expect(fillJson(shopify, { query }, values)).toEqual({ query })
  })

  it('leaves out the member that has no value', () => {
    expect(fillJson(shopify, { a: '{none}', b: ['{none}', 1] }, values)).toEqual({ b: [1] })
    expect(fillJson(shopify, { __proto__: '{shop}', a: '{constructor}' }, {})).toEqual({})
  })
})

describe('a captured value', () => {
  const body = { id: 'https://login.example/id/00D1/0051', plain: 7, list: ['x'] }

  it.each([
    ['plain', '7'],
    [['nothing', 'plain'], '7'],
    [{ at: 'id', extract: '/id/([^/]+)/' }, '00D1'],
    [{ at: ['nothing', 'id'], extract: '([^/]+)$' }, '0051'],
    [{ at: 'id', extract: '^(ftp:.*)$' }, undefined],
    [{ at: 'nothing', extract: '(.*)' }, undefined],
    ['list', undefined],
  ])('%j is %s', (capture, value) => {
    expect(readCapture(body, capture)).toBe(value)
  })
})
