import { createHmac } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import * as index from '../../providers/index.ts'
import { readCapture } from '../../src/provider/capture.ts'
import type { CaptureDefinition, ProviderDefinition } from '../../src/provider/definition.ts'
import { readText } from '../../src/provider/path.ts'

const { findProvider } = index
const providers: readonly ProviderDefinition[] = index.providers
const root = fileURLToPath(new URL('../../', import.meta.url))

describe('fixtures', () => {
  const response = z.strictObject({
    source: z.string().min(8),
    note: z.string().optional(),
    status: z.number().int().min(200).max(599),
    headers: z.record(z.string().regex(/^[a-z-]+$/), z.string()),
    body: z.unknown(),
  })
  const redirect = z.strictObject({
    source: z.string().min(8),
    note: z.string().optional(),
    secret: z.string().optional(),
    query: z.record(z.string(), z.string()),
  })
  const folder = join(root, 'test/fixtures')
  const names = (id: string) => readdirSync(join(folder, id)).map((file) => file.replace(/\.json$/, ''))
  const read = (id: string, name: string): unknown =>
    JSON.parse(readFileSync(join(folder, id, `${name}.json`), 'utf8'))
  const isRedirect = (name: string) => name.startsWith('denied') || name === 'callback'

  it('belong to a definition each', () => {
    expect(readdirSync(folder).filter((id) => !findProvider(id))).toEqual([])
  })

  describe.each(providers.map((definition) => [definition.id, definition] as const))(
    '%s',
    (id, definition) => {
      it('has them all, and each says where it comes from', () => {
        const wanted = definition.protocol === 'api-key' ? ['error'] : ['token', 'error']
        if (definition.protocol === 'oauth2') wanted.push('denied')
        if (definition.refresh) wanted.push('refresh', 'refresh-error')
        if (definition.identity.request) wanted.push('identity')
        if (definition.discovery) wanted.push('discovery')
        if (definition.revocation) wanted.push('revoke')
        if (definition.callback?.capture || definition.callback?.signature) wanted.push('callback')
        expect(names(id)).toEqual(expect.arrayContaining(wanted))
        for (const name of names(id)) {
          const parsed = isRedirect(name) ? redirect.parse(read(id, name)) : response.parse(read(id, name))
          expect(parsed.source, name).toMatch(/^https:\/\/|^npm @?[\w/.-]+@\d|^[\w.-]+\/[\w.-]+ \S+/)
        }
      })

      it('holds what the definition looks for, where it looks', () => {
        const token = definition.protocol === 'api-key' ? undefined : response.parse(read(id, 'token')).body
        const found = (body: unknown, captures: CaptureDefinition) => {
          for (const [name, capture] of Object.entries(captures))
            expect(readCapture(body, capture) ?? '', name).toMatch(
              new RegExp(definition.params?.[name]?.pattern ?? '^$'),
            )
        }
        found(token, definition.tokenResponse?.capture ?? {})
        for (const { capture } of definition.discovery ?? [])
          for (const name of names(id).filter((each) => /^discovery(-default)?$/.test(each)))
            found(response.parse(read(id, name)).body, capture ?? {})
        const { identity, callback } = definition
        const account = identity.request ? response.parse(read(id, 'identity')).body : token
        for (const where of [identity.id, identity.name ?? identity.id])
          if (typeof where !== 'string' || !where.includes('{')) expect(readText(account, where)).toMatch(/./)
        for (const [name, { parameter }] of Object.entries(callback?.capture ?? {}))
          expect(redirect.parse(read(id, 'callback')).query[parameter] ?? '').toMatch(
            new RegExp(definition.params?.[name]?.pattern ?? '^$'),
          )
      })
    },
  )

  it("shopify's worked example of a signature comes out under its definition", () => {
    const { parameter, exclude, encoding } = index.shopify.callback.signature
    const { query, secret } = redirect.parse(read('shopify', 'callback'))
    const left = new Set<string>([parameter, ...exclude])
    const text = Object.entries(query)
      .filter(([name]) => !left.has(name))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `${name}=${value}`)
      .join('&')
    expect(
      createHmac('sha256', secret ?? '')
        .update(text)
        .digest(encoding),
    ).toBe(query[parameter])
  })
})
