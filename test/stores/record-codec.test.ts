import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  copyRecord,
  createRecordReader,
  decodeRecord,
  encodeRecord,
  parseRecord,
  selectRecords,
  toPlainRecord,
} from '../../src/stores/record-codec.ts'
import type { StoredConnection } from '../../src/types.ts'
import { fullRecord, sampleKey, sampleRecord } from './sample-record.ts'

const unreadable = expect.objectContaining({ code: 'record_unreadable' })

describe('the codec of records', () => {
  it('gives back what it was given', () => {
    const date = fc.date({ noInvalidDate: true })
    const text = fc.string({ unit: 'binary' })
    const record = fc.record(
      {
        userId: text,
        scopes: fc.array(text),
        params: fc.dictionary(
          text.filter((name) => name !== '__proto__'),
          text,
        ),
        expiresAt: date,
        account: fc.record({ id: text, name: text }),
        refreshedAt: date,
        sealed: text,
        version: fc.nat(),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(record, (changes) => {
        const expected = sampleRecord(changes)
        const actual = decodeRecord(encodeRecord(expected), expected)
        expect(toPlainRecord(actual)).toEqual(toPlainRecord(expected))
        expect(actual.params).toEqual(Object.fromEntries(Object.entries(expected.params)))
      }),
    )
  })

  it('accepts the dates and the SQL nulls of somebody else’s store', () => {
    expect(parseRecord({ ...fullRecord })).toEqual(fullRecord)
    expect(
      parseRecord({ ...sampleRecord(), userId: null, expiresAt: null, account: null, extra: 1 }),
    ).toEqual(sampleRecord())
  })

  it.each(
    Object.keys(toPlainRecord(sampleRecord())).filter(
      (name) => JSON.parse(encodeRecord(sampleRecord()))[name] !== undefined && name !== 'format',
    ),
  )('refuses a record without a usable %s', (name) => {
    const plain = JSON.parse(encodeRecord(sampleRecord()))
    for (const bad of [undefined, null, true, [1], { a: 1 }])
      expect(() => decodeRecord(JSON.stringify({ ...plain, [name]: bad }))).toThrowError(unreadable)
  })

  it.each([
    ['nothing', ''],
    ['no JSON', '{"provider":"slack", secret-token'],
    ['null', 'null'],
    ['an array', '[]'],
    ['a string', '"secret-token"'],
    ['a later format', JSON.stringify({ ...toPlainRecord(sampleRecord()), format: 2 })],
    ['a time out of range', JSON.stringify({ ...toPlainRecord(sampleRecord()), expiresAt: 9e15 })],
    ['a time as text', JSON.stringify({ ...toPlainRecord(sampleRecord()), createdAt: '2026-03-01' })],
    ['a version that is no count', JSON.stringify({ ...toPlainRecord(sampleRecord()), version: 1.5 })],
    ['a status of its own', JSON.stringify({ ...toPlainRecord(sampleRecord()), status: 'secret-token' })],
    ['a param that is no text', JSON.stringify({ ...toPlainRecord(sampleRecord()), params: { a: 1 } })],
  ])('refuses %s, quoting nothing', (_words, text) => {
    let thrown: unknown
    try {
      decodeRecord(text)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toEqual(unreadable)
    expect(inspect(thrown, { depth: 5 })).not.toContain('secret-token')
  })

  it('refuses the record of another connection', () => {
    const text = encodeRecord(sampleRecord())
    for (const name of ['provider', 'tenantId', 'connectionId'] as const)
      expect(() => decodeRecord(text, { ...sampleKey, [name]: 'other' })).toThrowError(unreadable)
    expect(decodeRecord(text, sampleKey)).toEqual(sampleRecord())
  })

  it('is not moved by __proto__', () => {
    const hostile = encodeRecord(sampleRecord()).replace(
      /^\{(.*)"params":\{\}/,
      '{"__proto__":{"userId":"mallory","admin":true},$1"params":{"__proto__":"x","constructor":"c"}',
    )
    const record = decodeRecord(hostile)
    expect(record).toEqual(sampleRecord({ params: { constructor: 'c' } }))
    expect(record.userId).toBeUndefined()
    expect(Reflect.get({}, 'admin')).toBeUndefined()
    const withoutVersion = JSON.stringify({ ...toPlainRecord(sampleRecord()), version: undefined })
    expect(() => decodeRecord(withoutVersion.replace('{', '{"__proto__":{"version":1},'))).toThrowError(
      unreadable,
    )
  })

  it('lists what can be read before it says what cannot', async () => {
    const texts = [
      encodeRecord(sampleRecord({ tenantId: 'a' })),
      'broken',
      encodeRecord(sampleRecord({ tenantId: 'b' })),
    ]
    const found: StoredConnection[] = []
    const reading = async () => {
      for await (const record of selectRecords(texts, {}, (text) => decodeRecord(text))) found.push(record)
    }
    await expect(reading()).rejects.toEqual(unreadable)
    expect(found.map(({ tenantId }) => tenantId)).toEqual(['a', 'b'])
  })
})

/** Changes everything in a record that can be changed. */
function spoil(record: StoredConnection): void {
  for (const list of Object.values(record.choices ?? {})) Reflect.set(list, 0, 'spoilt')
  for (const value of Object.values(record)) {
    if (value instanceof Date) value.setTime(0)
    else if (Array.isArray(value)) value.push('spoilt')
    else if (typeof value === 'object')
      for (const name of Object.keys(value)) Reflect.set(value, name, 'spoilt')
  }
}

describe('a copy of a record', () => {
  it.each([
    ['with every field', fullRecord],
    ['with those that must be', sampleRecord()],
  ])('%s is equal and shares nothing', (_what, record) => {
    const original = structuredClone(record)
    const copy = copyRecord(original)
    expect(copy).toEqual(record)
    expect(Object.keys(copy).sort()).toEqual(Object.keys(record).sort())
    spoil(copy)
    expect(original).toEqual(record)
  })
})

describe('a reader of records', () => {
  it('gives each caller a record of its own, as the text says now', () => {
    const read = createRecordReader()
    const name = 'its key'
    const text = encodeRecord(sampleRecord())
    // One in eight is kept.
    for (let time = 0; time < 400; time++) {
      const record = read(sampleKey, name, text)
      expect(record).toEqual(sampleRecord())
      spoil(record)
    }
    const rotated = sampleRecord({ sealed: 'k1.cm90YXRlZA', version: 2 })
    expect(read(sampleKey, name, encodeRecord(rotated))).toEqual(rotated)
    expect(read(sampleKey, name, text)).toEqual(sampleRecord())
  })

  it('judges what it has not read: damage, and the record of another connection', () => {
    const read = createRecordReader()
    const text = encodeRecord(sampleRecord())
    for (let time = 0; time < 400; time++) read(sampleKey, 'a', text)
    expect(() => read(sampleKey, 'a', text.slice(1))).toThrowError(unreadable)
    expect(() => read({ ...sampleKey, tenantId: 'other' }, 'b', text)).toThrowError(unreadable)
    const long = sampleRecord({ sealed: `k1.${'c2VhbGVk'.repeat(2_000)}` })
    for (let time = 0; time < 2; time++) expect(read(sampleKey, 'c', encodeRecord(long))).toEqual(long)
  })
})
