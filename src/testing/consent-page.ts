import { createHash } from 'node:crypto'
import { escapeHtml } from '../http/escape-html.ts'
import type { SimulatedAnswer, SimulatedRequest } from './simulated-message.ts'
import type { Simulation } from './simulation.ts'

const style = `
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 32rem; margin: 10vh auto; padding: 0 1rem; color: #1a1a1a }
  h1 { font-size: 1.3rem } li { overflow-wrap: anywhere } .note { color: #555; font-size: .9rem }
  button { font: inherit; padding: .5rem 1.4rem; margin: 1rem .5rem 0 0; border: 1px solid #333; border-radius: 6px;
    background: #fff; cursor: pointer } button.yes { background: #1a1a1a; color: #fff }
`
const submit = 'document.forms[0].submit()'
const submitHash = createHash('sha256').update(submit).digest('base64')

/** What the person decided on the page; nothing where the page is yet to be shown. */
export function readDecision(request: SimulatedRequest): 'approve' | 'deny' | undefined {
  const decision = new URLSearchParams(request.method === 'POST' ? request.body : '').get('decision')
  return decision === 'approve' || decision === 'deny' ? decision : undefined
}

/** The way back to the application. */
export function redirectAnswer(location: string): SimulatedAnswer {
  return { status: 302, headers: { location, 'cache-control': 'no-store' }, body: '' }
}

/** The page on which a person plays the user: who asks for what, Approve and Deny. Posts back to its own URL. */
export function consentPage(simulation: Simulation, asked: readonly string[]): SimulatedAnswer {
  const { name } = simulation.definition
  const account = simulation.account?.name ?? simulation.account?.id ?? 'the example account'
  const scopes =
    asked.length > 0
      ? `<ul>\n${asked.map((scope) => `<li>${escapeHtml(scope)}</li>`).join('\n')}\n</ul>`
      : '<p>Whatever the application is configured for.</p>'
  return htmlAnswer(
    200,
    `Connect to ${name}`,
    `<h1>${escapeHtml(simulation.clientId)} asks for access to ${escapeHtml(name)}</h1>
<p>Signed in as <strong>${escapeHtml(account)}</strong>.</p>
<p>It asks for:</p>
${scopes}
<form method="post">
<button class="yes" name="decision" value="approve">Approve</button>
<button name="decision" value="deny">Deny</button>
</form>
<p class="note">This is a simulator of ${escapeHtml(name)}, made by latchkey/testing. No real account is involved.</p>`,
  )
}

/** What the provider shows where it must not send the browser back (RFC 6749 §4.1.2.1). */
export function refusalPage(simulation: Simulation, error: string, description: string): SimulatedAnswer {
  return htmlAnswer(
    400,
    `${simulation.definition.name}: ${error}`,
    `<h1>${escapeHtml(simulation.definition.name)} cannot go on</h1>
<p><code>${escapeHtml(error)}</code>: ${escapeHtml(description)}.</p>`,
  )
}

/** The answer in a form that posts itself (OAuth 2.0 Form Post Response Mode §2). */
export function formPostPage(
  redirectUri: string,
  params: readonly (readonly [string, string])[],
): SimulatedAnswer {
  const fields = params.map(
    ([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
  )
  return htmlAnswer(
    200,
    'Returning',
    `<form method="post" action="${escapeHtml(redirectUri)}">
${fields.join('\n')}
<noscript><button>Continue</button></noscript>
</form><script>${submit}</script>`,
    `script-src 'sha256-${submitHash}'; `,
  )
}

function htmlAnswer(status: number, title: string, body: string, csp = ''): SimulatedAnswer {
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      // No form-action: Chromium applies it to the redirect that follows the form, too.
      'content-security-policy': `default-src 'none'; ${csp}style-src 'unsafe-inline'; frame-ancestors 'none'`,
      'referrer-policy': 'no-referrer',
    },
    body: `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title><style>${style}</style></head>
<body>
${body}
</body></html>
`,
  }
}
