import { describe, expect, it } from 'vitest'
import { withoutCredentials, withoutTokens } from '../../../src/sync/history/without-secrets.ts'
import { json } from './fed-client.ts'
import { acme, all, error, urls } from './reading.ts'

describe('words that are told on', () => {
  it.each([
    ['invalid_grant: the scope conversations.history:read is missing'],
    ['insufficientAuthenticationScopes'],
    ['AADSTS70008: expired'],
    ['since 2026-11-21T00:00:00Z, or (2026-08-21), not 2026-11-21T00:00:00.000+01:00'],
    ['page 3 of 12345678901234567890'],
  ])('stay as they are: %s', (words) => {
    expect(withoutTokens(words)).toBe(words)
  })

  it.each([
    ['not ya29.a0AfB_byC-1 here', 'not [redacted] here'],
    ['"0f8fad5bd9cb469f"', '[redacted]'],
    ['Bearer at%2F1%2BaB%3D%3DcD again', 'Bearer [redacted] again'],
    ['a=1 {"token":"x1y2z3"}', 'a=1 [redacted]'],
    ['the token at-1.aB/…', 'the token …'],
  ])('lose what could be a token: %s', (words, left) => {
    expect(withoutTokens(words)).toBe(left)
  })
})

describe('where the next page begins', () => {
  it.each([
    ['https://acme.example/items?page=2&%24skiptoken=a%2Bb~c&token=x#top'],
    ['/v1/query/01gD0000002HU6KIAW-2000'],
    ['dXNlcjpVMDYxTkZUVDI='],
    ['pageToken;nextToken=1;key=2'],
    ['https://acme.example/a@b?x=%26&&y=;'],
    ['50%'],
  ])('stays as it is written: %s', (position) => {
    expect(withoutCredentials(position)).toBe(position)
  })

  it.each([
    ['https://acme.example/items?access_token=T&page=2', 'https://acme.example/items?page=2'],
    ['https://acme.example/items?page=2&access_token=T#x', 'https://acme.example/items?page=2#x'],
    ['https://user:T@acme.example/items?page=2', 'https://acme.example/items?page=2'],
    ['//T@acme.example/items', '//acme.example/items'],
    ['/items?access%5ftoken=T', '/items'],
    ['/items?at=%2Fx%3Fapi_key%3DT%26page%3D2&y=1', '/items?at=%2Fx%3F%26page%3D2&y=1'],
  ])('loses credentials: %s', (position, left) => {
    expect(withoutCredentials(position)).toBe(left)
  })

  it('takes no longer for a long address', () => {
    const long = '%26a'.repeat(100_000)
    const began = performance.now()
    expect(withoutCredentials(long)).toBe(long)
    expect(performance.now() - began).toBeLessThan(2_000)
  })

  it('is asked for without the credential, and told so where nothing else was given', async () => {
    const definition = acme({ page: { by: 'url', at: 'next' } })
    const next = 'https://acme.example/api/items?page=2&access_token=T'
    const { sent } = await all(definition, (_request, index) =>
      json({ items: [index], ...(index === 0 && { next }) }),
    )
    expect(urls(sent)).toEqual(['/api/items?limit=2', '/api/items?page=2'])
    expect(await error(acme(), () => json({ items: [1], next: 'access_token=T' }))).toMatchObject({
      code: 'malformed_response',
    })
  })
})
