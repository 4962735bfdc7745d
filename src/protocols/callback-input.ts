import type { ClientContext } from '../context.ts'

const maxForm = 64 * 1024

/** The parameters a browser came back with: of a `Request` (GET or form_post), a URL, a path or a query string. */
export async function readCallbackInput(
  context: Pick<ClientContext, 'fail'>,
  input: Request | URL | string | URLSearchParams,
): Promise<URLSearchParams> {
  if (input instanceof URLSearchParams) return input
  if (input instanceof URL) return input.searchParams
  if (typeof input === 'string') return fromText(input)
  if (input.method === 'POST') {
    const type = input.headers.get('content-type') ?? ''
    const text = await input.text()
    if (!/^application\/x-www-form-urlencoded\b/i.test(type) || text.length > maxForm)
      throw context.fail({ code: 'callback_invalid', detail: 'a POST to the callback must be a form' })
    return new URLSearchParams(text)
  }
  return fromText(input.url)
}

function fromText(text: string): URLSearchParams {
  const withoutFragment = text.split('#', 1)[0] ?? ''
  const question = withoutFragment.indexOf('?')
  if (question >= 0) return new URLSearchParams(withoutFragment.slice(question + 1))
  const isAddress = withoutFragment.startsWith('/') || /^https?:\/\//i.test(withoutFragment)
  return new URLSearchParams(isAddress ? '' : withoutFragment)
}
