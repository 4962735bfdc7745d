import { randomBytes } from 'node:crypto'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { jira } from '../../providers/jira.ts'
import { createOAuthClient } from '../../src/create-client.ts'
import { fileStore } from '../../src/stores/file-store.ts'
import { mockProvider } from '../../src/testing/index.ts'
import { type ExampleServer, startExample } from '../examples/example-server.ts'
import { temporaryDirectory } from '../stores/temporary-directory.ts'
import { seriousViolations } from './accessibility.ts'
import { describeWithChromium, launchChromium } from './chromium.ts'
import { settingsPage } from './settings-page.ts'
import { barValues, type Watch, watchPages } from './watched-page.ts'

// The example as `npm start` runs it, all integrations simulated, and a real browser that does what people do. The tests
// share one server and one customer: each has integrations of its own.

/** ms a page of history takes: long enough to be met while it runs. */
const pace = '100'

describeWithChromium('the integrations page, in Chromium', { timeout: 40_000 }, () => {
  const storage = temporaryDirectory()
  const storePath = storage.path
  const secret = randomBytes(32).toString('base64url')
  let server: ExampleServer
  let browser: Browser
  let watch: Watch
  let contexts: BrowserContext[] = []

  beforeAll(async () => {
    server = await startExample(['--import', 'tsx', 'examples/integrations-page/server.ts'], {
      SYNC_PACE: pace,
      LATCHKEY_SECRET: secret,
      LATCHKEY_STORE: storePath,
    })
    watch = watchPages(server.origin)
    browser = await launchChromium()
  }, 60_000)

  afterEach(async () => {
    await Promise.all(contexts.map((context) => context.close()))
    contexts = []
    expect(watch.problems.splice(0), 'console errors, requests to other origins').toEqual([])
  })

  afterAll(async () => {
    await browser?.close()
    expect(await server?.stop()).toBe(0)
    storage.remove()
  })

  type ContextOptions = Parameters<Browser['newContext']>[0]

  async function newContext(options: ContextOptions = {}): Promise<BrowserContext> {
    const context = await browser.newContext(options)
    context.setDefaultTimeout(15_000)
    contexts.push(context)
    return context
  }

  async function open(options: ContextOptions = {}, path = '/') {
    const page = settingsPage(await watch.open(await newContext(options)), server.origin)
    await page.open(path)
    return page
  }

  const widthOf = (page: Page) => page.evaluate('document.documentElement.scrollWidth')

  it('shows all integrations, none connected, without a serious violation in light and dark', async () => {
    const { page } = await open({ colorScheme: 'light' })
    expect(await page.locator('.card').count()).toBe(45)
    expect(await page.locator('#list-connected').isHidden()).toBe(true)
    await page.locator('.badge', { hasText: 'Closing down' }).waitFor()
    expect(await seriousViolations(page)).toEqual([])
    const light = await page.evaluate('getComputedStyle(document.body).backgroundColor')
    await page.emulateMedia({ colorScheme: 'dark' })
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).not.toBe(light)
    expect(await seriousViolations(page)).toEqual([])
  })

  it('connects at the consent page, and reads the history with a bar that moves to its end', async () => {
    const { page, connect, notice, focused, card, run } = await open()
    await connect('outlook')
    expect(await notice.textContent()).toContain('Outlook is connected')
    expect(await focused()).toBe('notice')
    // A reload does not say it again.
    expect(new URL(page.url()).search).toBe('')
    await run('outlook', 'History read')
    const values = await barValues(page, 'outlook')
    expect(values.length).toBeGreaterThanOrEqual(5)
    // Strictly upwards.
    expect(values).toEqual([...new Set(values)].sort((a, b) => a - b))
    const words = (await card('outlook').locator('[data-run-detail]').textContent()) ?? ''
    expect(Number(/^(\d+) records · /.exec(words)?.[1])).toBeGreaterThan(50)
    await card('outlook').getByText('Ada’s workspace').waitFor()
    await card('outlook').getByText('Simulator', { exact: true }).waitFor()
  })

  it('says in words that access was denied, and connects nothing', async () => {
    const { toConsent, decide, notice, status } = await open()
    await toConsent('github')
    await decide('Deny')
    expect(await notice.textContent()).toMatch(/GitHub was not connected: access was denied\./)
    await status('github', 'Not connected')
  })

  it('refuses a shop that is none beside its field, and takes one as people paste it', async () => {
    const { page, card, button, decide, status } = await open()
    await card('shopify').locator('.ask > summary').click()
    const shop = card('shopify')
      .getByLabel('Shop’s permanent name')
      .or(card('shopify').locator('[name=shop]'))
    await shop.fill('not a shop!')
    await button('shopify', 'Connect Shopify').click()
    const wrong = card('shopify').locator('.wrong')
    await wrong.waitFor()
    expect(await shop.getAttribute('aria-invalid')).toBe('true')
    expect(await shop.getAttribute('aria-describedby')).toContain(await wrong.getAttribute('id'))
    expect(new URL(page.url()).pathname).toBe('/')
    await shop.fill('https://Acme-Store.myshopify.com/')
    await shop.press('Enter')
    await decide('Approve')
    await status('shopify', 'Connected')
    await card('shopify').getByText('Details').click()
    await card('shopify')
      .locator('.more dd', { hasText: /^acme-store$/ })
      .waitFor()
  })

  it('connects by a key in place: a wrong one is refused in words', async () => {
    const { page, card, button, status } = await open()
    await card('freshdesk').locator('.ask > summary').click()
    await card('freshdesk').locator('[name=subdomain]').fill('acme')
    const key = card('freshdesk').locator('[name=apiKey]')
    const right = await key.inputValue()
    await key.fill('wrongwrongwrong')
    await button('freshdesk', 'Connect Freshdesk').click()
    await card('freshdesk').getByRole('alert').getByText('Freshdesk does not know this key').waitFor()
    await key.fill(right)
    await button('freshdesk', 'Connect Freshdesk').click()
    await status('freshdesk', 'Connected')
    await page.locator('#list-connected #freshdesk').waitFor()
  })

  it('shows that a grant has ended, and reconnects', async () => {
    const { card, connect, status, notice } = await open()
    await connect('hubspot')
    await card('hubspot').getByText('Details').click()
    await card('hubspot').getByRole('button', { name: 'End access' }).click()
    await status('hubspot', 'Needs reconnecting')
    await card('hubspot').getByText('HubSpot has ended the access. Reconnect').waitFor()
    await connect('hubspot')
    expect(await notice.textContent()).toContain('HubSpot is connected')
    expect(await card('hubspot').locator('.lost').count()).toBe(0)
  })

  it('pauses a sync over a reload, resumes it to its end, and lists it among the earlier runs', async () => {
    const { page, card, button, connect, run, focused } = await open()
    await connect('quickbooks')
    await button('quickbooks', 'Pause: history of QuickBooks').click()
    await run('quickbooks', 'Paused')
    // The same button goes on: focus is not lost.
    expect(await focused()).toBe('Resume: history of QuickBooks')
    const held = await card('quickbooks').locator('[data-run-detail]').textContent()
    await page.reload()
    await run('quickbooks', 'Paused')
    expect(await card('quickbooks').locator('[data-run-detail]').textContent()).toBe(held)
    await button('quickbooks', 'Resume: history of QuickBooks').click()
    await run('quickbooks', 'History read')
    await button('quickbooks', 'Sync again: history of QuickBooks').click()
    await run('quickbooks', 'Nothing new')
    await card('quickbooks').getByText('1 earlier run').click()
    await card('quickbooks').locator('.past li', { hasText: 'History read' }).waitFor()
  })

  it('cancels a sync', async () => {
    const { button, connect, run } = await open()
    await connect('stripe')
    await button('stripe', 'Cancel: history of Stripe').click()
    await run('stripe', 'Cancelled')
    await button('stripe', 'Sync again: history of Stripe').waitFor()
  })

  it('finishes flows in two tabs at once, and shows the same progress in both', async () => {
    const context = await newContext()
    const [one, two] = await Promise.all(
      [0, 1].map(async () => settingsPage(await watch.open(context), server.origin)),
    )
    if (!one || !two) throw new Error('two tabs')
    await Promise.all([one.open(), two.open()])
    await one.toConsent('intercom')
    await two.toConsent('linear')
    await two.decide('Approve')
    await one.decide('Approve')
    for (const tab of [one, two]) {
      await tab.status('intercom', 'Connected')
      await tab.status('linear', 'Connected')
      await tab.run('linear', 'History read')
      await tab.run('intercom', 'History read')
    }
    for (const tab of [one, two]) {
      const values = await barValues(tab.page, 'linear')
      expect(values.length).toBeGreaterThanOrEqual(3)
      expect(values).toEqual([...new Set(values)].sort((a, b) => a - b))
    }
    const words = (tab: typeof one) => tab.card('linear').locator('[data-run-detail]').textContent()
    expect(await words(one)).toBe(await words(two))
  })

  it('goes by keyboard alone: search, connect, a dialog that Escape closes and that gives the focus back', async () => {
    const { page, focused, status, notice } = await open()
    const { keyboard } = page
    const tabTo = async (wanted: string | RegExp) => {
      for (let presses = 0; presses < 40; presses += 1) {
        await keyboard.press('Tab')
        const name = await focused()
        if (typeof wanted === 'string' ? name === wanted : wanted.test(name)) return
      }
      throw new Error(`Tab does not come to ${wanted}`)
    }
    await tabTo('q')
    await keyboard.type('knowledge')
    await page.locator('#found', { hasText: '1 integration' }).waitFor()
    expect(new URL(page.url()).search).toBe('?q=knowledge')
    await tabTo('Connect Notion')
    await keyboard.press('Enter')
    await page.getByRole('button', { name: 'Approve' }).waitFor()
    await tabTo(/Approve/)
    await keyboard.press('Enter')
    await status('notion', 'Connected')
    expect(await notice.textContent()).toContain('Notion is connected')
    expect(await page.locator('#q').inputValue()).toBe('knowledge')
    await tabTo('Disconnect Notion')
    await keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Disconnect Notion?' })
    await dialog.getByText('Records that were synced stay').waitFor()
    expect(await seriousViolations(page)).toEqual([])
    await page.emulateMedia({ colorScheme: 'dark' })
    expect(await seriousViolations(page)).toEqual([])
    await keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    expect(await focused()).toBe('Disconnect Notion')
    await keyboard.press('Enter')
    await dialog.waitFor()
    await tabTo(/^Disconnect$/)
    await keyboard.press('Enter')
    await status('notion', 'Not connected')
    expect(await notice.textContent()).toContain('Notion is disconnected, and its access was taken back')
    await expect.poll(focused).toBe('Connect Notion')
  })

  it('leaves what shares a grant told beforehand, and connected where the user leaves the grant', async () => {
    const { page, button, card, connect, status, notice } = await open()
    await connect('google-drive')
    await connect('gmail')
    await button('google-drive', 'Disconnect Google Drive').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('These share the same access, and end too:').waitFor()
    await dialog.getByRole('checkbox', { name: 'Leave the access at Google Drive as it is' }).check()
    await dialog.getByRole('button', { name: 'Disconnect' }).click()
    await status('google-drive', 'Not connected')
    expect(await notice.textContent()).toBe('Google Drive is disconnected.')
    expect(await card('gmail').locator('.badge').first().textContent()).toBe('Connected')
  })

  it('lets another site of a grant be chosen', async () => {
    await connectTwoSites()
    const { page, card, notice } = await open()
    const site = card('jira').getByLabel('Jira site', { exact: true })
    const chosen = () => site.locator('option:checked').textContent()
    expect(await chosen()).toBe('Acme')
    await site.selectOption('Globex')
    await card('jira').getByRole('button', { name: 'Use this Jira site' }).click()
    await notice.getByText('Jira: the choice is saved.').waitFor()
    expect(await chosen()).toBe('Globex')
    // Another site's page cannot do that for the user.
    const foreign = await page.request.post(`${server.origin}/integrations/jira/choose`, {
      headers: { origin: 'https://evil.example' },
      form: { cloudId: acme.id },
    })
    expect(foreign.status()).toBe(403)
    await page.reload()
    expect(await chosen()).toBe('Globex')
  })

  const acme = { id: '11111111-1111-4111-8111-111111111111', name: 'Acme' }
  const globex = { id: '22222222-2222-4222-8222-222222222222', name: 'Globex' }

  /** A grant of two sites, which no consent page of the simulators gives: written into the example's store. */
  async function connectTwoSites(): Promise<void> {
    const options = {
      clientId: 'demo-jira',
      clientSecret: 'demo-secret-of-jira',
      redirectUri: `${server.origin}/oauth/jira/callback`,
    }
    const mock = mockProvider(jira, options)
    const { definition, close } = await mock.listen()
    const store = fileStore(storePath)
    const client = createOAuthClient(definition, { ...options, secret, store, sync: false })
    const { url } = await client.authorize({ tenantId: 'demo', params: { cloudId: acme.id } })
    await client.callback(await mock.approve(url, { choices: { cloudId: [acme, globex] } }))
    await client.close()
    await store.close?.()
    await close()
  }

  it('fits a phone of 360 px with everything unfolded', async () => {
    const { page } = await open({ viewport: { width: 360, height: 780 }, hasTouch: true, isMobile: true })
    expect(await page.locator('#list-connected .card').count()).toBeGreaterThan(3)
    await page.evaluate('for (const each of document.querySelectorAll("details")) each.open = true')
    expect(await widthOf(page)).toBe(360)
  })

  it('has no serious violation with connections, unfolded, in light and dark', async () => {
    const { page, card } = await open({ colorScheme: 'light' })
    await page.evaluate('for (const each of document.querySelectorAll("details")) each.open = true')
    await card('outlook').waitFor()
    expect(await seriousViolations(page)).toEqual([])
    await page.emulateMedia({ colorScheme: 'dark' })
    expect(await seriousViolations(page)).toEqual([])
  })

  it('has an error page of the handler without a serious violation', async () => {
    const { page } = await open({ colorScheme: 'dark' }, '/oauth/zendesk/connect?subdomain=not+one!')
    await page.getByRole('heading', { name: 'Zendesk was not connected' }).waitFor()
    expect(await seriousViolations(page)).toEqual([])
    await page.emulateMedia({ colorScheme: 'light' })
    expect(await seriousViolations(page)).toEqual([])
  })

  it('searches and connects without script', async () => {
    const { page, toConsent, decide, status, notice } = await open({ javaScriptEnabled: false }, '/?q=asana')
    expect(await page.locator('.card:visible').count()).toBe(1)
    await toConsent('asana')
    await decide('Approve')
    await status('asana', 'Connected')
    expect(await notice.textContent()).toContain('Asana is connected')
    expect(await page.getByRole('button', { name: 'Pause' }).count()).toBe(0)
  })
})
