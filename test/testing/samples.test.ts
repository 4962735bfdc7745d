import { describe, expect, it } from 'vitest'
import { readPath } from '../../src/provider/path.ts'
import { sampleMatch } from '../../src/testing/regex-sample.ts'
import { writePath } from '../../src/testing/write-path.ts'

describe('a text for an expression', () => {
  it.each([
    ['^orgId:([0-9]+)$', '4711', 'orgId:4711'],
    ['^(.*?)/?$', 'https://a.example', 'https://a.example'],
    ['/id/([^/]+)/[^/]+$', '00D', '/id/00D/a'],
    [
      '^https:\\/\\/(?:login|test)\\.x\\.example\\/id\\/([A-Za-z0-9]{3,18})(?:\\/|$)',
      'abc',
      'https://login.x.example/id/abc/',
    ],
    ['(?<=team=)(\\w+)', 'red', undefined],
    ['^[\\w.-]{3}@(\\d+)\\s?', '12', 'aaa@12'],
  ])('%s around %s', (source, group, expected) => {
    expect(sampleMatch(source, { group })).toBe(expected)
  })

  it('is none where the value cannot stand there', () => {
    expect(sampleMatch('^x-([0-9]+)$', { group: 'letters' })).toBeUndefined()
  })

  it('is another each time, where it is drawn', () => {
    for (const source of ['^key_[A-Za-z0-9]{20}$', '^[a-f0-9]{32,64}$', '^\\w+-(?:live|test)\\.[^/]+$']) {
      const drawn = Array.from({ length: 20 }, () => sampleMatch(source, { random: true }))
      for (const text of drawn) expect(text).toMatch(new RegExp(source))
      expect(new Set(drawn).size).toBe(20)
    }
  })
})

describe('a path into a token', () => {
  it('makes the token, keeps its other claims, and reads back', () => {
    const paths = {
      'jwt(id_token).sub': '1',
      'jwt(id_token).a.b[0]': 'x',
      'jwt(deep.token).exp': 5,
      plain: true,
    }
    let body: unknown = {}
    for (const [path, value] of Object.entries(paths)) body = writePath(body, path, value)
    for (const [path, value] of Object.entries(paths)) expect(readPath(body, path), path).toBe(value)
  })
})
