import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readFirst, readPath, readText } from '../../src/provider/path.ts'

const body = {
  access_token: 'at',
  authed_user: { id: 'U1', 'a-b': 1, nothing: null },
  organizations: [
    { organization_id: '1', is_default_org: false, deep: [{ x: 'first' }] },
    { organization_id: 2, is_default_org: true, deep: [{ x: 'second' }] },
  ],
  matrix: [
    [1, 2],
    [3, 4],
  ],
  empty: '',
  zero: 0,
  no: false,
}

describe('readPath', () => {
  it.each<[string, unknown]>([
    ['access_token', 'at'],
    ['authed_user.id', 'U1'],
    ['authed_user.a-b', 1],
    ['authed_user.nothing', null],
    ['authed_user.nothing.more', null],
    ['organizations[0].organization_id', '1'],
    ['organizations[is_default_org=true].organization_id', 2],
    ['organizations[is_default_org=true].deep[0].x', 'second'],
    ['organizations[is_default_org=maybe].organization_id', undefined],
    ['organizations[9].organization_id', undefined],
    ['matrix[1][0]', 3],
    ['access_token.length', undefined],
    ['access_token[0]', undefined],
    ['zero', 0],
    ['no', false],
    ['missing.more.still', undefined],
  ])('%s', (path, found) => expect(readPath(body, path)).toEqual(found))

  it('finds nothing that an object merely inherits', () => {
    for (const path of [
      '__proto__',
      'constructor',
      'toString',
      '__proto__.toString',
      'constructor.name',
      'authed_user.__proto__',
      'organizations[0].constructor',
      'organizations.map',
      'matrix.concat',
      'organizations[__proto__]',
      'organizations[constructor=x]',
    ])
      expect(readPath(body, path), path).toBeUndefined()
    expect(readText(body, ['constructor.name', 'access_token'])).toBe('at')
  })

  it('never throws, for any JSON and any path', () => {
    const key = fc.constantFrom('a', 'b', '__proto__', 'toString', 'valueOf', 'list', '0')
    const json = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.jsonValue(),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(key, tie('value'), { maxKeys: 3 }),
      ),
    })).value
    const step = fc.constantFrom(
      'a',
      'b',
      '[0]',
      '[a=b]',
      '[a=1]',
      '[toString=x]',
      '[__proto__=x]',
      '[a]',
      '__proto__',
      'toString',
      '[]',
      '[=]',
      '..',
      '',
    )
    const path = fc.array(step, { maxLength: 4 }).map((steps) => steps.join('.'))
    fc.assert(
      fc.property(json, path, (value, where) => {
        const parsed: unknown = JSON.parse(JSON.stringify(value) ?? 'null')
        readPath(parsed, where)
        readText(parsed, where)
      }),
      { numRuns: 3_000 },
    )
  })

  it('does not throw where the compared value is an object that cannot become words', () => {
    expect(readPath({ list: [{ k: { toString: 1 } }, { k: 'v', found: true }] }, 'list[k=v].found')).toBe(
      true,
    )
  })

  it('compares words, numbers and truth values only', () => {
    expect(
      readPath(
        {
          list: [
            { k: ['v'], found: 'array' },
            { k: 'v', found: 'word' },
          ],
        },
        'list[k=v].found',
      ),
    ).toBe('word')
    expect(readPath({ list: [{ found: 'absent' }] }, 'list[k=undefined].found')).toBeUndefined()
  })
})

describe('readFirst and readText', () => {
  it('take the first that says something', () => {
    expect(readFirst(body, ['missing', 'authed_user.nothing', 'empty', 'zero'])).toBe(0)
    expect(readFirst(body, 'missing')).toBeUndefined()
    expect(readText(body, ['organizations[1].organization_id'])).toBe('2')
    expect(readText(body, 'no')).toBeUndefined()
    expect(readText(body, 'authed_user')).toBeUndefined()
    expect(readText({ id: Number.MAX_SAFE_INTEGER }, 'id')).toBe('9007199254740991')
  })
})

describe('a path into a token of the answer', () => {
  const claims = (value: unknown) => `h.${Buffer.from(JSON.stringify(value)).toString('base64url')}.s`

  it('reads its claims', () => {
    const body = {
      id_token: claims({ tid: 't', deep: { roles: ['a', 'b'] } }),
      nested: { at: claims({ exp: 5 }) },
    }
    expect(readPath(body, 'jwt(id_token).tid')).toBe('t')
    expect(readPath(body, 'jwt(id_token).deep.roles[1]')).toBe('b')
    expect(readPath(body, 'jwt(nested.at).exp')).toBe(5)
    expect(readText(body, ['jwt(access_token).sub', 'jwt(id_token).tid'])).toBe('t')
  })

  it('finds nothing in what is none, and never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.jsonValue(),
          fc.tuple(fc.string(), fc.string()).map((two) => two.join('.')),
        ),
        (token) => {
          expect(() => readPath({ token }, 'jwt(token).sub')).not.toThrow()
        },
      ),
    )
    for (const token of ['', 'opaque', 'a.b', 'a..c', 'a.e30.c', 7, null, {}, []])
      expect(readPath({ token }, 'jwt(token).sub') ?? undefined).toBeUndefined()
    expect(
      readPath(
        { token: `h.${Buffer.from('{"__proto__":{"x":1}}').toString('base64url')}.s` },
        'jwt(token).x',
      ),
    ).toBeUndefined()
  })
})
