import { afterEach, describe, expect, it } from 'vitest'
import { mockProvider } from '../../src/testing/index.ts'
import { plain } from './definitions.ts'
import { answer, clientId, clientSecret, redirectUri } from './plain-client.ts'
import { keyed } from './protocol-definitions.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function desk() {
  const mock = mockProvider(keyed, {})
  const server = await mock.listen()
  closing.push(() => server.close())
  const ask = async (key: string, path: string, password = 'X', subdomain = 'acme') =>
    answer(
      await fetch(`${server.origin}/${subdomain}.keyed.example/api${path}`, {
        headers: { authorization: `Basic ${Buffer.from(`${key}:${password}`).toString('base64')}` },
      }),
    )
  return { mock, ask, origin: server.origin }
}

describe('a key', () => {
  it('matches the definition’s pattern, is another each time, and opens the API', async () => {
    const { mock, ask } = await desk()
    const [first, second] = [mock.issueKey(), mock.issueKey()]
    for (const key of [first, second]) expect(key).toMatch(/^key_[A-Za-z0-9]{20}$/)
    expect(first).not.toBe(second)
    expect((await ask(first, '/tickets')).json).toEqual({ ok: true, path: '/tickets' })
  })

  it('says whose it is', async () => {
    const { mock, ask } = await desk()
    const key = mock.issueKey({ account: { id: '7', name: 'Ada' } })
    expect((await ask(key, '/me')).json).toEqual({ agent: { id: '7', name: 'Ada' } })
  })

  it.each([
    ['that nobody gave out', (key: string) => `${key.slice(0, -1)}_`, 'X'],
    ['with another filler', (key: string) => key, 'Y'],
    ['with nothing after the colon', (key: string) => key, ''],
  ])('is refused: one %s', async (_what, spoil, password) => {
    const { mock, ask } = await desk()
    const answered = await ask(spoil(mock.issueKey()), '/me', password)
    expect(answered).toMatchObject({ status: 401, body: { code: 'invalid_token' } })
  })

  it('is refused as a bearer token, and at another tenant than its own', async () => {
    const { mock, ask, origin } = await desk()
    const key = mock.issueKey({ params: { subdomain: 'acme' } })
    const headers = { authorization: `Bearer ${key}` }
    expect((await fetch(`${origin}/acme.keyed.example/api/me`, { headers })).status).toBe(401)
    expect((await ask(key, '/me')).status).toBe(200)
    expect((await ask(key, '/me', 'X', 'other')).status).toBe(401)
  })

  it('ends when its user ends it', async () => {
    const { mock, ask } = await desk()
    const key = mock.issueKey()
    mock.revokeGrants()
    expect((await ask(key, '/me')).status).toBe(401)
  })

  it('is nothing that OAuth providers give, and keys need no browser', async () => {
    const mock = mockProvider(plain, { clientId, clientSecret, redirectUri })
    expect(() => mock.issueKey()).toThrow(/not connected by a key/)
    const { mock: own } = await desk()
    await expect(own.approve('https://acme.keyed.example/api/me')).rejects.toThrow(/no authorization URL/)
  })
})
