import { createHash } from 'node:crypto'
import { escapeHtml } from '../http/escape-html.ts'

/** What a person is told. All of it is plain text; the page escapes it. */
export interface ErrorPageContent {
  readonly heading: string
  readonly happened: string
  readonly next: string
  readonly code: string
  readonly reference: string
}

const style = `
:root { color-scheme: light dark }
body { margin: 0; padding: 1.5rem; font: 1rem/1.5 system-ui, sans-serif; color: #1c1e21; background: #f4f5f7 }
main { max-width: 34rem; margin: 8vh auto 0; padding: 1.5rem; border: 1px solid #d9dce1; border-radius: .75rem; background: #fff }
h1 { margin: 0 0 1rem; font-size: 1.375rem; line-height: 1.3 }
h2 { margin: 1.5rem 0 .25rem; font-size: 1rem }
p { margin: 0; overflow-wrap: anywhere }
footer { margin-top: 1.5rem; padding-top: 1rem; border-top: 1px solid #d9dce1; font-size: .875rem; color: #5a606b }
code { font: .875rem/1.5 ui-monospace, monospace; user-select: all }
@media (prefers-color-scheme: dark) {
  body { color: #e7e9ec; background: #15171a }
  main { border-color: #363b42; background: #1f2226 }
  footer { border-color: #363b42; color: #a4abb6 }
}
`

let policy: string | undefined

/** No script, no request, no frame, no form: only the one style element above. (CSP 3, §6) */
export function errorPagePolicy(): string {
  policy ??= [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
  return policy
}

/** A page that stands on its own: it asks for nothing from anywhere. */
export function renderErrorPage(content: ErrorPageContent): string {
  const { heading, happened, next, code, reference } = content
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(heading)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escapeHtml(heading)}</h1>
<p>${escapeHtml(happened)}</p>
<h2>What to do</h2>
<p>${escapeHtml(next)}</p>
<footer>
<p>If you ask for help, give this reference: <code>${escapeHtml(reference)}</code> (${escapeHtml(code)})</p>
</footer>
</main>
</body>
</html>
`
}
