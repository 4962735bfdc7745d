import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { launchChromium } from '../test/browser/chromium.ts'
import { settingsPage } from '../test/browser/settings-page.ts'
import { freePort } from '../test/examples/example-server.ts'

// npm run screenshots: the pictures of docs/screenshots, taken of the integrations page as `npm start` shows it, on a day
// that never changes. Needs a Chromium (scripts/chromium.sh).

/** Loaded before the example: its clock begins at a fixed time and goes on from there. */
const fixedClock = `
const shift = Date.UTC(2026, 10, 23, 9, 30) - Date.now()
const Real = Date
globalThis.Date = class extends Real {
  constructor(...given) { given.length ? super(...given) : super(Real.now() + shift) }
  static now() { return Real.now() + shift }
}`
const root = fileURLToPath(new URL('../', import.meta.url))
const folder = `${root}docs/screenshots`
await mkdir(folder, { recursive: true })

const port = await freePort()
const origin = `http://localhost:${port}`
const { LATCHKEY_SECRET: _secret, ...environment } = process.env
const server = spawn(
  process.execPath,
  [
    '--import',
    `data:text/javascript,${encodeURIComponent(fixedClock)}`,
    '--import',
    'tsx',
    'examples/integrations-page/server.ts',
  ],
  {
    cwd: root,
    env: { ...environment, PORT: String(port), SYNC_PACE: '800' },
    stdio: ['ignore', 'pipe', 'inherit'],
  },
)
await Promise.race([
  once(server.stdout, 'data'),
  once(server, 'exit').then(() => Promise.reject(new Error('the example ended before it answered'))),
])
const browser = await launchChromium()
try {
  await takeAll(browser)
} finally {
  await browser.close()
  server.kill('SIGTERM')
}

async function takeAll(browser: Browser): Promise<void> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
  })
  const { page, card, button, connect, run, status } = settingsPage(await context.newPage(), origin)
  await page.goto(origin)
  for (const id of ['google-calendar', 'hubspot']) await connect(id)
  for (const id of ['google-calendar', 'hubspot']) await run(id, 'History read')
  await card('hubspot').getByText('Details').click()
  await card('hubspot').getByRole('button', { name: 'End access' }).click()
  await status('hubspot', 'Needs reconnecting')
  // Held where it has come to: the pace leaves time enough for that to be the same place every time.
  await pauseAt('outlook', 5)
  await page.goto(origin)
  await take(page, 'integrations-page')
  await page.emulateMedia({ colorScheme: 'dark' })
  await take(page, 'integrations-page-dark')
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 390, height: 844 })
  await take(page, 'integrations-page-phone')
  await page.setViewportSize({ width: 900, height: 700 })
  await button('google-calendar', /^Sync again/).click()
  await run('google-calendar', 'History read')
  await card('google-calendar').getByText('1 earlier run').click()
  await button('outlook', /^Resume/).click()
  await card('outlook').locator('[data-run-detail]', { hasText: ' 8 of ' }).waitFor()
  await takeCards(page, ['google-calendar', 'outlook'], 'sync')

  /** Connects, and pauses once so many parts of the history are read. */
  async function pauseAt(id: string, parts: number): Promise<void> {
    await connect(id)
    await card(id)
      .locator('[data-run-detail]', { hasText: ` ${parts} of ` })
      .waitFor()
    await button(id, /^Pause/).click()
    await run(id, 'Paused')
  }
}

async function take(page: Page, name: string): Promise<void> {
  const path = `${folder}/${name}.png`
  await page.screenshot({ path })
  console.log(`${path} (${Math.round((await stat(path)).size / 1024)} KiB)`)
}

/** A few cards and nothing else. */
async function takeCards(page: Page, ids: readonly string[], name: string): Promise<void> {
  const list = page.locator('#list-connected')
  const shown = ids.map((id) => `#${id}`).join(', ')
  await page.evaluate(
    `for (const card of document.querySelectorAll('.card')) card.hidden = !card.matches(${JSON.stringify(shown)})`,
  )
  const path = `${folder}/${name}.png`
  await list.screenshot({ path })
  console.log(`${path} (${Math.round((await stat(path)).size / 1024)} KiB)`)
}
