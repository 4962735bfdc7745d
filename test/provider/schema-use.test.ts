import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import * as index from '../../providers/index.ts'
import type { ProviderDefinition } from '../../src/provider/definition.ts'
import { type JsonSchema, ofProtocol, schemasAt } from '../../src/provider/json-schema.ts'
import { createProviderSchema } from '../../src/provider/schema.ts'
import { schemaReads } from '../support/schema-reads.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const providers: readonly ProviderDefinition[] = index.providers

describe('every key of the schema is read by the code', () => {
  const keys = schemaReads(root, [
    'src/index.ts',
    'src/sync/history/history-of.ts',
    'src/testing/index.ts',
    'scripts/provider-docs.ts',
  ])
  /** What only checks a definition makes no use of it. */
  const checks = [
    'src/provider/cross-check.ts',
    'src/provider/history-check.ts',
    'src/provider/placeholders.ts',
  ]
  const unread = keys.filter(({ readers }) => [...readers].every((file) => checks.includes(file)))
  /** Keys that stand for the reader of a definition, each with why. */
  const exceptions: Readonly<Record<string, string>> = {
    'schema.ts: $schema': 'editors read it',
    'schema/oauth2.ts: algorithm': 'there is one, named so that a second one changes no definition',
    'schema/protocols.ts: signatureMethod': 'there is one, named so that a second one changes no definition',
  }

  it('but for those that are listed, and only those', () => {
    expect(unread.map(({ name }) => name).sort()).toEqual(Object.keys(exceptions).sort())
  })

  it('as the checker sees it: a key of the same name on another object is none of the schema', () => {
    expect(keys.length).toBeGreaterThan(150)
    // Reads `status`, `at`, `values`, `contains`, `header`, `name`, `value` of a sign, and names of Node's and its own.
    const read = keys.filter(({ readers }) => readers.has('src/provider/sign.ts')).map(({ name }) => name)
    expect(read).toContain('schema/requests.ts: contains')
    expect(read).not.toContain('schema/words.ts: path')
    // An `HttpRequest` has a `url`, a `method` and `headers` too.
    const byTransport = keys.filter(({ readers }) => readers.has('src/http/transport.ts'))
    expect(byTransport).toEqual([])
    const urls = keys.filter(({ name }) => name.endsWith(': url')).map(({ readers }) => [...readers].join())
    expect(new Set(urls).size).toBeGreaterThan(3)
  })
})

describe('every key of the schema is set by a definition', () => {
  const schema = z.toJSONSchema(createProviderSchema(z), { io: 'input' })
  /** A key is the same wherever its words are: what refresh takes from the token request counts there. */
  const keyOf = (name: string, { description = '' }: JsonSchema) => `${name}: ${description}`

  function declared(part: unknown): readonly string[] {
    if (typeof part !== 'object' || part === null) return []
    return Object.entries(part).flatMap(([key, inner]: [string, unknown]) => {
      if (key !== 'properties' || typeof inner !== 'object' || inner === null) return declared(inner)
      return Object.entries(inner).flatMap(([name, each]: [string, JsonSchema]) => [
        keyOf(name, each),
        ...declared(each),
      ])
    })
  }

  function set(data: unknown, own: JsonSchema, path: readonly PropertyKey[]): readonly string[] {
    if (typeof data !== 'object' || data === null) return []
    return Object.entries(data).flatMap(([key, inner]: [string, unknown]) => {
      const step = Array.isArray(data) ? Number(key) : key
      const named = schemasAt(own, path).flatMap(({ properties }) => {
        const property = properties && Object.hasOwn(properties, key) ? properties[key] : undefined
        return typeof property === 'object' ? [keyOf(key, property)] : []
      })
      return [...named, ...set(inner, own, [...path, step])]
    })
  }

  const used = new Set(providers.flatMap((each) => set(each, ofProtocol(schema, each), [])))
  const all = new Set(declared(schema))

  it('but for `$schema`, which only JSON files have', () => {
    const unset = [...all].filter((key) => !used.has(key) && !key.startsWith('$schema:'))
    expect(unset).toEqual([])
  })

  it('and no definition sets what the schema does not declare', () => {
    expect([...used].filter((key) => !all.has(key))).toEqual([])
    expect(used.size).toBeGreaterThan(100)
  })
})
