import { fileURLToPath } from 'node:url'
import type { BrowserContext, Page } from 'playwright-core'

const recordBars = fileURLToPath(new URL('./record-bars.js', import.meta.url))

/** Everything that a page must not do: errors in its console, requests to other origins. */
export interface Watch {
  readonly problems: string[]
  open(context: BrowserContext): Promise<Page>
}

/** `origin`: the application's own. Navigations may leave it: that is how OAuth works. */
export function watchPages(origin: string): Watch {
  const problems: string[] = []
  return {
    problems,
    async open(context) {
      const page = await context.newPage()
      page.on('pageerror', (error) => problems.push(`thrown: ${error.message}`))
      page.on('console', (message) => {
        // A refused request is in the console of itself; what the page makes of it is tested.
        if (message.type() === 'error' && !/the server responded with a status of 4\d\d/.test(message.text()))
          problems.push(`console: ${message.text()}`)
      })
      page.on('request', (request) => {
        const url = new URL(request.url())
        if (!request.isNavigationRequest() && url.origin !== origin && url.pathname !== '/favicon.ico')
          problems.push(`request: ${request.url()}`)
      })
      await page.addInitScript({ path: recordBars })
      return page
    },
  }
}

/** What the bar of a card has shown since the page was loaded. */
export async function barValues(page: Page, id: string): Promise<readonly number[]> {
  const values: unknown = await page.evaluate(`barValues[${JSON.stringify(id)}] ?? []`)
  return Array.isArray(values) ? values.map(Number) : []
}
