import type { Connection, ProviderDefinition } from 'latchkey'
import type { HistoricalSyncRun } from 'latchkey/sync'
import { labelAndHint, renderForm } from './connect-form.ts'
import { html, type Markup } from './html.ts'
import { matches } from './public/matching.js'
import { countWords, timeWords } from './public/words.js'
import { renderSync } from './sync-section.ts'
import { categoryWords, consequences, endingOf } from './words.ts'

/** What one card shows. */
export interface Card {
  readonly provider: ProviderDefinition
  readonly connection: Connection | undefined
  /** The latest first. */
  readonly runs: readonly HistoricalSyncRun[]
  /** Whether a simulator on this machine answers, and not the real provider. */
  readonly simulated: boolean
  /** A key that the simulator takes, where it is connected by one. */
  readonly sampleKey: string | undefined
  /** Names of connected integrations whose access ends together with this one. */
  readonly sharing: readonly string[]
}

export interface Place {
  /** Where a flow comes back to. */
  readonly path: string
  /** What the search form says. */
  readonly filter: Readonly<Record<string, string>>
}

const statuses = {
  active: { mark: 'connected', words: 'Connected' },
  reconnect_required: { mark: 'reconnect', words: 'Needs reconnecting' },
} as const
const notConnected = { mark: 'none', words: 'Not connected' } as const

/** A card without its place in the page: `data-*` are what the scripts go by. */
export function renderCard(card: Card, { path, filter }: Place): Markup {
  const { provider, connection } = card
  const { id, name, category } = provider
  const status = connection ? statuses[connection.status] : notConnected
  const ending = endingOf(provider)
  const states = [status.mark, ...(ending?.closing ? ['closing'] : [])]
  const names = [name, id, ...(provider.aliases ?? []), categoryWords(category)].join(' ').toLowerCase()
  const isHidden = !matches({ names, category, states }, filter)
  const isOnlyEnding = ending?.closing && !connection
  return html`<li class="card" id="${id}" data-name="${name}" data-names="${names}" data-category="${category}" data-states="${states.join(' ')}"${isHidden && html` hidden`}>
<div class="head">
<span class="tile tone-${toneOf(id)}" aria-hidden="true">${monogram(name)}</span>
<div class="title"><h3 id="${id}-name" tabindex="-1">${name}</h3><p class="kind">${categoryWords(category)}</p></div>
<p class="badges">${!isOnlyEnding && html`<span class="badge ${status.mark}">${status.words}</span>`}${ending?.closing && html`<span class="badge closing">${ending.words}</span>`}<span class="source">${card.simulated ? 'Simulator' : 'Real account'}</span></p>
</div>
${ending?.closing && html`<p class="ending" data-key="ending-note">${ending.note}</p>`}
${connection && renderFacts(card, connection)}
${connection && renderSync(provider, connection, card.runs)}
${connection && renderMore(card, connection, ending?.closing ? undefined : ending?.note)}
${!connection && ending && !ending.closing && html`<details class="more" data-key="ending"><summary>${ending.words}<span class="out-of-sight"> of ${name}</span></summary><p>${ending.note}</p></details>`}
${renderForm({ ...card, path })}
</li>`
}

function renderFacts({ provider }: Card, connection: Connection): Markup {
  const { account, expiresAt } = connection
  const lost = connection.status === 'reconnect_required'
  return html`${lost && html`<p class="lost" data-key="lost">${provider.name} has ended the access. Reconnect to go on; nothing that was synced is lost.</p>`}
<dl class="facts" data-key="facts">
<div><dt>Account</dt><dd>${account?.name ?? account?.id ?? 'not told'}</dd></div>
${renderChosen(provider, connection)}
<div><dt>Last refresh</dt><dd>${time(connection.refreshedAt)}</dd></div>
<div><dt>Token ends</dt><dd>${expiresAt ? time(expiresAt) : 'never'}</dd></div>
</dl>`
}

/** One grant may reach several sites; which one the calls go to can be changed here. */
function renderChosen(provider: ProviderDefinition, connection: Connection): readonly Markup[] {
  const { id } = provider
  return Object.entries(connection.choices ?? {}).map(([param, choices]) => {
    const label = labelOf(provider, param)
    const value = connection.params[param]
    const chosen = choices.find((choice) => choice.id === value)
    if (choices.length < 2)
      return html`<div><dt>${label}</dt><dd>${chosen?.name ?? value ?? 'none'}</dd></div>`
    const options = choices.map(
      (choice) =>
        html`<option value="${choice.id}"${choice.id === value && html` selected`}>${choice.name ?? choice.id}</option>`,
    )
    return html`<div><dt><label for="${id}-choice-${param}">${label}</label></dt><dd><form class="choose" method="post" action="/integrations/${id}/choose">
<select id="${id}-choice-${param}" name="${param}">${!chosen && html`<option value="">Choose…</option>`}${options}</select>
<button class="quiet">Use<span class="out-of-sight"> this ${label}</span></button></form></dd></div>`
  })
}

function renderMore(card: Card, connection: Connection, note: string | undefined): Markup {
  const { provider, simulated, sharing } = card
  const { scopes, refreshTokenExpiresAt } = connection
  const named = Object.entries(connection.params).filter(([param]) => !connection.choices?.[param])
  return html`<details class="more" data-key="details"><summary>Details<span class="out-of-sight"> of ${provider.name}</span></summary>
<dl class="facts">
<div><dt>Connected</dt><dd>${time(connection.connectedAt)}</dd></div>
${refreshTokenExpiresAt && html`<div><dt>Access ends</dt><dd>${time(refreshTokenExpiresAt)}</dd></div>`}
<div><dt>Answered by</dt><dd>${simulated ? 'a simulator on this machine' : 'the real provider'}</dd></div>
${named.map(([param, value]) => html`<div><dt>${labelOf(provider, param)}</dt><dd>${value}</dd></div>`)}
</dl>
<p class="label">${scopes.length > 0 ? countWords(scopes.length, 'permission') : 'Permissions: whatever the app is configured for'}</p>
${scopes.length > 0 && html`<ul class="scopes">${scopes.map((scope) => html`<li>${scope}</li>`)}</ul>`}
${note && html`<p>${note}</p>`}
${simulated && html`<form class="simulate" method="post" action="/simulators/${provider.id}/end-access"><p>To see what then happens, let the simulator end the access, as if somebody had removed the app there.</p><button class="quiet">End access<span class="out-of-sight"> at the simulated ${provider.name}</span></button></form>`}
</details>
<div data-consequences${provider.revocation && html` data-revokes`} hidden><ul>${consequences(provider, sharing).map((line) => html`<li>${line}</li>`)}</ul></div>`
}

/** The script puts it into the reader's own zone. */
function time(date: Date): Markup {
  return html`<time datetime="${date.toISOString()}">${timeWords(date, 'UTC')}</time>`
}

const labelOf = ({ params }: ProviderDefinition, param: string) =>
  labelAndHint(params?.[param]?.description ?? param)[0]
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** Two letters in place of a logo, which is not ours to draw. */
function monogram(name: string): string {
  const words = name
    .replace(/\(.*\)/, '')
    .split(/[\s.]+/)
    .filter(Boolean)
  const [first = '', second = ''] = words
  const capitals = /^(.)[a-z]*([A-Z])/.exec(first)
  if (words.length > 1 && second !== 'com') return first.charAt(0) + second.charAt(0)
  return capitals ? `${capitals[1]}${capitals[2]}` : capital(first.slice(0, 2))
}

/** One of the sheet's twelve colours, the same at every visit. */
function toneOf(id: string): number {
  let sum = 0
  for (const character of id) sum = (sum * 3 + character.charCodeAt(0)) % 9973
  return sum % 12
}
