import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import * as index from '../../providers/index.ts'
import { providerJsonSchema } from '../../scripts/provider-json-schema.ts'
import type { ProviderDefinition } from '../../src/provider/definition.ts'
import { createProviderSchema } from '../../src/provider/schema.ts'
import { acmeAt } from '../support/acme.ts'
import { validateJson } from '../support/validate-json.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const published: unknown = JSON.parse(readFileSync(`${root}provider.schema.json`, 'utf8'))
const providers: readonly ProviderDefinition[] = index.providers
const zodSchema = createProviderSchema(z)
const acme = acmeAt('https://acme.example')

describe('provider.schema.json', () => {
  it('is not stale', () => {
    expect(published).toEqual(providerJsonSchema())
    const check = () =>
      execFileSync(`${root}node_modules/.bin/tsx`, ['scripts/generate-schema.ts', '--check'], {
        cwd: root,
        stdio: 'pipe',
      })
    expect(check).not.toThrow()
  })

  it.each(providers.map((each) => [each.id, each] as const))('takes %s as JSON', (_id, definition) => {
    expect(validateJson(published, JSON.parse(JSON.stringify(definition)))).toEqual([])
  })

  it('takes a definition that names it', () => {
    expect(validateJson(published, { $schema: './provider.schema.json', ...acme })).toEqual([])
  })

  it.each<[string, object]>([
    ['an unknown key', { bogus: 1 }],
    ['an unknown key deep inside', { refresh: { rotates: true, dead: [{ value: ['x'] }] } }],
    ['a wrong word', { authorization: { ...acme.authorization, pkce: 'yes' } }],
    ['a wrong type', { docs: 'https://acme.example/docs' }],
    ['a wrong format', { id: 'Acme Inc' }],
    ['a missing key', { token: { url: 'https://acme.example/token' } }],
    ['an empty list', { docs: [] }],
    ['a number that is too small', { authorization: { ...acme.authorization, stateMaxLength: 12 } }],
    ['a wrong name', { params: { 'my-shop': { description: 'd', pattern: '^a$', example: 'a' } } }],
    ['a wrong protocol', { protocol: 'saml' }],
    ['a key of another protocol', { link: {} }],
  ])('refuses %s, as the one schema does', (_name, fields) => {
    const data: unknown = JSON.parse(JSON.stringify({ ...acme, ...fields }))
    expect(zodSchema.safeParse(data).success).toBe(false)
    expect(validateJson(published, data)).not.toEqual([])
  })

  it('knows the four protocols', () => {
    const text = JSON.stringify(published)
    for (const protocol of ['oauth2', 'oauth1', 'plaid-link', 'api-key'])
      expect(text).toContain(`"const":"${protocol}"`)
  })

  it('describes every key by an integration that needs it', () => {
    const names = [
      ...providers.flatMap(({ id, name }) => [id, name]),
      // What nearly all need.
      ...['every provider', 'every OAuth', 'every built-in', 'most providers', 'any definition in JSON'],
    ]
    const without = properties(published).filter(
      ([, words]) => !names.some((name) => new RegExp(`(?<![\\w-])${name}(?![\\w-])`).test(words)),
    )
    expect(without).toEqual([])
  })

  it('is small enough to be read by an editor at once', () => {
    expect(JSON.stringify(published).length).toBeLessThan(80_000)
  })
})

/** Every property of the schema with its description, its own or that of what it refers to. */
function properties(schema: unknown, path = ''): readonly (readonly [path: string, words: string])[] {
  if (typeof schema !== 'object' || schema === null) return []
  return Object.entries(schema).flatMap(([key, inner]: [string, unknown]) => {
    const here = `${path}/${key}`
    if (key !== 'properties' || typeof inner !== 'object' || inner === null) return properties(inner, here)
    return Object.entries(inner).flatMap(([name, each]: [string, unknown]) => [
      [`${here}/${name}`, wordsOf(each)] as const,
      ...properties(each, `${here}/${name}`),
    ])
  })
}

function wordsOf(schema: unknown): string {
  if (typeof schema !== 'object' || schema === null) return ''
  const words: unknown = Reflect.get(schema, 'description')
  if (typeof words === 'string') return words
  const reference: unknown = Reflect.get(schema, '$ref')
  if (typeof reference !== 'string') return ''
  const steps = reference.replace(/^#\//, '').split('/')
  return wordsOf(steps.reduce<unknown>((at, step) => Reflect.get(Object(at), step), published))
}
