/** As much of a browser as an OAuth flow needs: redirects, cookies of the application, one form. */
export function createBrowser(sessionHeaders: Readonly<Record<string, string>> = {}) {
  const cookies = new Map<string, string>()

  async function request(url: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers({ accept: 'text/html', ...sessionHeaders })
    if (cookies.size > 0)
      headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    for (const [name, value] of new Headers(init.headers)) headers.set(name, value)
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';')
      const equals = pair.indexOf('=')
      if (/max-age=0/i.test(cookie)) cookies.delete(pair.slice(0, equals))
      else cookies.set(pair.slice(0, equals), pair.slice(equals + 1))
    }
    return response
  }

  /** Where a response sends the browser. */
  function next(response: Response, from: string): string {
    const location = response.headers.get('location')
    if (!location) throw new Error(`no redirect from ${new URL(from).pathname} (HTTP ${response.status})`)
    return new URL(location, from).href
  }

  return {
    request,
    /** Connect at the application, up to the provider's consent page: its URL. */
    async begin(connectUrl: string): Promise<string> {
      return next(await request(connectUrl), connectUrl)
    },
    /** Answers the consent page as a user would; where the provider sends the browser then. */
    async decide(consentUrl: string, decision: 'approve' | 'deny'): Promise<string> {
      const page = await (await request(consentUrl)).text()
      const action = /<form[^>]*action="([^"]*)"/.exec(page)?.[1] ?? ''
      const fields = new URLSearchParams()
      for (const [tag] of page.matchAll(/<input[^>]*>/g)) {
        const name = /name="([^"]*)"/.exec(tag)?.[1]
        if (name) fields.set(decodeEntities(name), decodeEntities(/value="([^"]*)"/.exec(tag)?.[1] ?? ''))
      }
      fields.set('decision', decision)
      const target = new URL(decodeEntities(action), consentUrl).href
      return next(await request(target, { method: 'POST', body: fields }), target)
    },
    /** Follows the callback; where the application sends the browser in the end, or the page it shows. */
    async finish(callbackUrl: string): Promise<{ readonly location?: string; readonly page: string }> {
      const response = await request(callbackUrl)
      const location = response.headers.get('location')
      return {
        ...(location && { location: new URL(location, callbackUrl).href }),
        page: await response.text(),
      }
    },
  }
}

function decodeEntities(text: string): string {
  return text
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
}
