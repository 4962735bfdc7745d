import type { Connection, ProviderDefinition } from 'latchkey'

/** One card of the page. */
export interface Card {
  readonly provider: ProviderDefinition
  readonly connection: Connection | undefined
  /** Whether the real provider or a simulator on this machine answers. */
  readonly simulated: boolean
  readonly lastSync: string | undefined
  /** A key that the simulator takes, for an integration that is connected by one. */
  readonly sampleKey: string | undefined
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (character) => escapes[character] ?? character)

/** The settings page: plain HTML, one small script for Disconnect, nothing from elsewhere. */
export function renderPage(cards: readonly Card[], notice: string | undefined, nonce: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Integrations</title>
<style nonce="${nonce}">
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent); --accent: #2f6fed; --good: #1a7f4b; --bad: #b3261e }
@media (prefers-color-scheme: dark) { :root { --accent: #8ab4ff; --good: #6fd3a0; --bad: #ff9d94 } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 72rem; padding: 2rem 1rem }
ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); gap: 1rem; list-style: none; padding: 0 }
li { border: 1px solid var(--line); border-radius: .75rem; padding: 1rem; display: flex; flex-direction: column; gap: .5rem }
h2 { font-size: 1.1rem; margin: 0 }
dl { margin: 0; display: grid; grid-template-columns: auto 1fr; gap: .1rem .75rem; font-size: .9rem; overflow-wrap: anywhere }
dt { opacity: .75 } dd { margin: 0 }
form { display: flex; flex-wrap: wrap; gap: .5rem; margin-top: auto }
label { font-size: .85rem; flex: 1 1 100% }
input { font: inherit; width: 100%; box-sizing: border-box; padding: .35rem .5rem }
button { font: inherit; padding: .4rem .9rem; border-radius: .5rem; border: 1px solid var(--accent); background: none; color: var(--accent); cursor: pointer }
button:focus-visible, input:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
.active { color: var(--good) } .reconnect_required { color: var(--bad) }
.ending { font-size: .85rem; margin: 0; border-left: 3px solid var(--bad); padding-left: .5rem }
.notice { border-left: 4px solid var(--accent); padding: .5rem 1rem }
</style>
</head>
<body>
<h1>Integrations</h1>
<p role="status"${notice ? ' class="notice"' : ''}>${notice ? escapeHtml(notice) : ''}</p>
<ul>
${cards.map(renderCard).join('\n')}
</ul>
<script nonce="${nonce}">
for (const button of document.querySelectorAll('button[data-disconnect]')) {
  button.addEventListener('click', async () => {
    button.disabled = true
    const response = await fetch('/oauth/' + button.dataset.disconnect, { method: 'DELETE' })
    const { revoked } = await response.json()
    location.href = '/?disconnected=' + button.dataset.disconnect + (revoked ? '&revoked=1' : '')
  })
}
for (const form of document.querySelectorAll('form[data-key-connect]')) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    const credentials = {}
    const params = {}
    for (const input of form.querySelectorAll('label input'))
      (input.dataset.credential === undefined ? params : credentials)[input.name] = input.value
    const response = await fetch(form.action, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ credentials, params }),
    })
    const answer = response.ok ? {} : await response.json()
    const failed = '/?oauth_error=' + (answer.error?.code ?? 'failed') + '&provider=' + form.dataset.keyConnect
    location.href = response.ok ? '/?connected=' + form.dataset.keyConnect : failed
  })
}
</script>
</body>
</html>`
}

interface Asked {
  readonly description: string
  readonly example: string
}

const statusWords = { active: 'Connected', reconnect_required: 'Needs reconnecting' } as const

function renderCard({ provider, connection, simulated, lastSync, sampleKey }: Card): string {
  const id = escapeHtml(provider.id)
  const name = escapeHtml(provider.name)
  const status = connection ? statusWords[connection.status] : 'Not connected'
  const facts: (readonly [string, string | undefined])[] = [
    ['Account', connection?.account?.name ?? connection?.account?.id],
    ['Expires', connection && (connection.expiresAt?.toLocaleString() ?? 'never')],
    ['Last sync', connection && (lastSync ?? 'none yet')],
    ['Answered by', simulated ? 'a simulator on this machine' : 'the real provider'],
  ]
  const rows = facts
    .filter(([, value]) => value)
    .map(([term, value]) => `<dt>${term}</dt><dd>${escapeHtml(value ?? '')}</dd>`)
  const asked = Object.entries(provider.params ?? {}).filter(([, param]) => param.required)
  const keys = Object.entries(provider.credentials ?? {})
  const field = ([fieldName, { description, example }]: readonly [string, Asked], attributes: string) =>
    `<label>${escapeHtml(description)}<input name="${escapeHtml(fieldName)}" placeholder="${escapeHtml(example)}" required autocomplete="off" ${attributes}></label>`
  const inputs = [
    ...asked.map((each) => field(each, '')),
    ...keys.map((each) => field(each, `data-credential value="${escapeHtml(sampleKey ?? '')}"`)),
  ]
  // A provider that gives its users keys is connected by a POST, which the script sends.
  const byKey = keys.length > 0 ? ` data-key-connect="${id}"` : ''
  const connect = `<form action="/oauth/${id}/connect" method="get"${byKey}>
    <input type="hidden" name="redirectPath" value="/">${inputs.join('')}
    <button aria-label="${connection ? 'Reconnect' : 'Connect'} ${name}">${connection ? 'Reconnect' : 'Connect'}</button>
    ${connection ? `<button type="button" data-disconnect="${id}" aria-label="Disconnect ${name}">Disconnect</button>` : ''}
  </form>`
  const { lifecycle } = provider
  const ending =
    lifecycle && lifecycle.status !== 'sunset' ? `<p class="ending">${escapeHtml(lifecycle.note)}</p>` : ''
  return `<li data-integration="${id}">
  <h2>${name}</h2>
  <div class="${connection?.status ?? ''}">${status}</div>
  ${ending}
  <dl>${rows.join('')}</dl>
  ${connect}
</li>`
}
