import type { Locator, Page } from 'playwright-core'

/** The integrations page as a person uses it. */
export function settingsPage(page: Page, origin: string) {
  const card = (id: string): Locator => page.locator(`#${id}`)
  const status = (id: string, words: string) =>
    card(id).locator('.badge', { hasText: words }).first().waitFor()
  const button = (id: string, name: string | RegExp) => card(id).getByRole('button', { name })
  /** Up to the simulator's consent page. */
  async function toConsent(id: string): Promise<void> {
    await button(id, /^(?:Rec|C)onnect /).click()
    await page.getByRole('button', { name: 'Approve' }).waitFor()
  }
  async function decide(decision: 'Approve' | 'Deny'): Promise<void> {
    await page.getByRole('button', { name: decision }).click()
    await page.waitForURL((url) => url.origin === origin)
  }
  return {
    page,
    card,
    button,
    status,
    notice: page.locator('#notice'),
    open: (path = '/') => page.goto(`${origin}${path}`),
    toConsent,
    decide,
    async connect(id: string): Promise<void> {
      await toConsent(id)
      await decide('Approve')
      await status(id, 'Connected')
    },
    /** Where the sync of a card stands, once it stands there. */
    run: (id: string, words: string) => card(id).locator('[data-run-headline]', { hasText: words }).waitFor(),
    /** What is focused: the accessible name of a button, or the text. */
    focused: async () =>
      String(
        await page.evaluate(`(({ activeElement: held }) =>
          held?.getAttribute('aria-label') || held?.id || held?.textContent || '')(document)`),
      ),
  }
}
