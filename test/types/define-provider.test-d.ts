import { expectTypeOf, test } from 'vitest'
import { gitlab } from '../../providers/gitlab.ts'
import { createOAuthClient, defineProvider, type ProviderDefinition } from '../../src/index.ts'

const desk = defineProvider({
  id: 'desk',
  name: 'Desk',
  category: 'support',
  docs: ['https://desk.example/docs'],
  checked: '2026-11-21',
  protocol: 'oauth2',
  params: {
    subdomain: { description: 'd', pattern: '^[a-z]+$', example: 'acme', required: true },
    region: { description: 'd', pattern: '^(?:eu|us)$', example: 'eu' },
    cell: { description: 'd', pattern: '^[0-9]$', example: '1', trusted: true },
    agent: { description: 'd', pattern: '^[0-9]$', example: '1', from: 'token' },
  },
  authorization: { url: 'https://{subdomain}.desk.example/authorize' },
  token: { url: 'https://{subdomain}.desk.example/token', authentication: 'client_secret_basic' },
  refresh: false,
  identity: { id: 'id' },
  api: { baseUrl: 'https://{subdomain}.desk.example/api' },
})

test('defineProvider keeps literal types', () => {
  expectTypeOf(desk.id).toEqualTypeOf<'desk'>()
  expectTypeOf(desk.params.subdomain.required).toEqualTypeOf<true>()
  expectTypeOf(desk).toExtend<ProviderDefinition>()
})

test('authorize follows from them', () => {
  const client = createOAuthClient(desk)
  client.authorize({ tenantId: 't', params: { subdomain: 'acme' } })
  client.authorize({ tenantId: 't', params: { subdomain: 'acme', region: 'eu' } })
  // @ts-expect-error subdomain is missing
  client.authorize({ tenantId: 't', params: { region: 'eu' } })
  // @ts-expect-error trusted
  client.authorize({ tenantId: 't', params: { subdomain: 'acme', cell: '1' } })
  // @ts-expect-error captured
  client.authorize({ tenantId: 't', params: { subdomain: 'acme', agent: '1' } })
})

test('a spread of a built-in under another id keeps the rest', () => {
  const internal = defineProvider({ ...gitlab, id: 'gitlab-internal' })
  expectTypeOf(internal.id).toEqualTypeOf<'gitlab-internal'>()
  expectTypeOf(internal.params.host.trusted).toEqualTypeOf<true>()
  createOAuthClient(internal, { params: { host: 'git.example.com' } }).authorize({ tenantId: 't' })
})

test('satisfies refuses what the schema does not know', () => {
  const { token: _token, ...rest } = gitlab
  // @ts-expect-error no token
  rest satisfies ProviderDefinition
  // @ts-expect-error no such authentication
  const wrong: ProviderDefinition = { ...gitlab, token: { url: 'https://x', authentication: 'basic' } }
  // @ts-expect-error no such key
  const unknown: ProviderDefinition = { ...gitlab, bogus: 1 }
  expectTypeOf([wrong, unknown]).toEqualTypeOf<ProviderDefinition[]>()
})
