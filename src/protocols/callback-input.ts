import type { ClientContext } from '../context.ts'
import { readStream } from '../http/transport.ts'

/** Bytes of a form_post body, whatever `Content-Length` says. */
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
    if (!/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type))
      throw context.fail({ code: 'callback_invalid', detail: 'a POST to the callback must be a form' })
    const bytes = input.body ? await readStream(input.body, maxForm) : new Uint8Array()
    if (!bytes)
      throw context.fail({ code: 'callback_invalid', detail: 'the form of the callback is too large' })
    return new URLSearchParams(Buffer.from(bytes).toString())
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
