import { escapeHtml } from '../../http/escape-html.ts'

/** What the browser shows at the end. Plain text; the page escapes it. */
export interface CallbackPage {
  readonly heading: string
  readonly text: string
  readonly failed?: boolean
}

/** No script, no request, no frame, no form (CSP 3, §6). */
export const callbackPagePolicy =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** A page that stands on its own: it asks for nothing from anywhere. */
export function callbackPage({ heading, text }: CallbackPage): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(heading)}</title>
<style>
:root { color-scheme: light dark }
body { max-width: 34rem; margin: 12vh auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif }
h1 { font-size: 1.375rem } p { overflow-wrap: anywhere }
</style>
</head>
<body>
<h1>${escapeHtml(heading)}</h1>
<p>${escapeHtml(text)}</p>
</body>
</html>
`
}
