import { sanitizeWords } from '../errors/message.ts'
import { readBody } from './body.ts'
import { readStart } from './transport.ts'

/** Markup shows in the first bytes, a title in the first kilobytes. */
const enough = 65_536

/** Whether a response is a web page, and which. */
export interface HtmlCheck {
  readonly isHtml: boolean
  /** For a log or a user: status, title, what to do. */
  readonly message?: string
  readonly title?: string
}

/**
 * Whether a response is a web page where data was expected, whatever its status and `Content-Type` say.
 * Reads the beginning of a clone, so the response itself can still be read. Never throws on a strange body.
 */
export async function checkHtmlResponse(response: Response): Promise<HtmlCheck> {
  const stream = response.clone().body
  const body = readBody(stream ? await readStart(stream, enough) : new Uint8Array())
  if (body.kind !== 'html') return { isHtml: false }
  const title = body.title === undefined ? undefined : sanitizeWords(body.title, [])
  const message = htmlMessage(response.status, title)
  return title === undefined ? { isHtml: true, message } : { isHtml: true, message, title }
}

/** The words for a page: the same in an error of a flow and in the exported check. */
export function htmlMessage(status: number, title: string | undefined): string {
  return `the provider answered with an HTML page (HTTP ${status}${title ? `, "${title}"` : ''}) instead of JSON`
}
