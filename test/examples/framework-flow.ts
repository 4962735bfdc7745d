import { expect, it } from 'vitest'
import { createBrowser } from '../../examples/demo/browser.ts'
import type { ExampleServer } from './example-server.ts'

/** What every example does, whatever carries it. */
export function testFlow(server: () => ExampleServer): void {
  const at = (path: string) => server().origin + path

  const codeOf = async (response: Response): Promise<unknown> => JSON.parse(await response.text()).error.code

  /** A browser whose user has signed in. */
  async function signedIn() {
    const browser = createBrowser()
    const response = await browser.request(at('/login'))
    expect([302, 303, 307]).toContain(response.status)
    return browser
  }

  type Browser = Awaited<ReturnType<typeof signedIn>>

  async function connect(browser: Browser, integration: string, query = ''): Promise<URL> {
    const consent = await browser.begin(at(`/oauth/${integration}/connect?redirectPath=/${query}`))
    expect(new URL(consent).origin).not.toBe(server().origin)
    const callback = await browser.decide(consent, 'approve')
    expect(callback).toContain(at(`/oauth/${integration}/callback?`))
    const { location = '' } = await browser.finish(callback)
    return new URL(location)
  }

  async function listed(browser: Browser): Promise<Record<string, { account?: unknown; params: unknown }[]>> {
    const response = await browser.request(at('/oauth'))
    expect(response.status).toBe(200)
    const integrations: { id: string; connections: { account?: unknown; params: unknown }[] }[] = JSON.parse(
      await response.text(),
    )
    return Object.fromEntries(integrations.map(({ id, connections }) => [id, connections]))
  }

  it('connects, is listed, calls the API from a route of its own, disconnects', async () => {
    const browser = await signedIn()
    expect((await browser.request(at('/channels'))).status).toBe(409)
    const back = await connect(browser, 'slack')
    expect(back.href).toBe(at('/?connected=slack'))
    expect(await listed(browser)).toMatchObject({ slack: [{ status: 'active' }], github: [], shopify: [] })

    const channels = await browser.request(at('/channels'))
    expect(channels.status).toBe(200)
    expect(channels.headers.get('content-type')).toContain('application/json')
    expect(await channels.json()).toBeTypeOf('object')

    // As some clients send it: a content type without a content.
    const headers = {
      origin: server().origin,
      'sec-fetch-site': 'same-origin',
      'content-type': 'application/json',
    }
    const removed = await browser.request(at('/oauth/slack'), { method: 'DELETE', headers })
    expect([removed.status, await removed.json()]).toEqual([200, { revoked: true }])
    expect(await listed(browser)).toMatchObject({ slack: [] })
    expect((await browser.request(at('/channels'))).status).toBe(409)
  })

  it('connects what needs a param, beside another', async () => {
    const browser = await signedIn()
    expect((await connect(browser, 'shopify', '&shop=acme-store')).search).toBe('?connected=shopify')
    expect((await connect(browser, 'github')).search).toBe('?connected=github')
    expect(await listed(browser)).toMatchObject({
      github: [{ status: 'active' }],
      shopify: [{ status: 'active', params: { shop: 'acme-store' } }],
    })
  })

  it('brings a user who says no back with the reason', async () => {
    const browser = await signedIn()
    const consent = await browser.begin(at('/oauth/slack/connect?redirectPath=/'))
    const { location } = await browser.finish(await browser.decide(consent, 'deny'))
    expect(location).toBe(at('/?oauth_error=authorization_denied&provider=slack'))
    expect(await listed(browser)).toMatchObject({ slack: [] })
  })

  it('refuses a callback in another browser', async () => {
    const consent = await (await signedIn()).begin(at('/oauth/slack/connect?redirectPath=/'))
    const stranger = await signedIn()
    const { location } = await stranger.finish(await stranger.decide(consent, 'approve'))
    expect(location).toBe(at('/?oauth_error=state_mismatch&provider=slack'))
    expect(await listed(stranger)).toMatchObject({ slack: [] })
  })

  it('refuses to disconnect for another site', async () => {
    const browser = await signedIn()
    const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
    const refused = await browser.request(at('/oauth/slack'), { method: 'DELETE', headers: foreign })
    expect([refused.status, await codeOf(refused)]).toEqual([403, 'cross_site'])
  })

  it('knows nobody without a session', async () => {
    const connecting = await fetch(at('/oauth/slack/connect'), { redirect: 'manual' })
    expect([connecting.status, await codeOf(connecting)]).toEqual([401, 'unauthenticated'])
    expect((await fetch(at('/oauth'))).status).toBe(401)
    expect((await fetch(at('/channels'))).status).toBe(401)
    const forged = { cookie: `session=acme.ada.${'A'.repeat(43)}` }
    expect((await fetch(at('/oauth'), { headers: forged })).status).toBe(401)
  })

  it('reads a form post, and leaves the other paths to the application', async () => {
    const form = new URLSearchParams({ state: 'nobody', code: 'c' })
    const posted = await fetch(at('/oauth/slack/callback'), { method: 'POST', body: form })
    expect([posted.status, await posted.text()]).toEqual([400, expect.stringContaining('state_invalid')])
    expect((await fetch(at('/nothing-here'))).status).toBe(404)
    expect((await fetch(at('/oauth/nothing-here/connect'))).status).toBe(404)
  })
}
