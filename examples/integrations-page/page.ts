import { type Card, type Place, renderCard } from './card.ts'
import { html, type Markup } from './html.ts'
import { countWords } from './public/words.js'
import { categoryWords, type Notice } from './words.ts'

export interface PageContent extends Place {
  readonly cards: readonly Card[]
  readonly notice: Notice | undefined
}

/** In the order in which they are to win. */
const styles = ['page', 'cards', 'sync', 'forms']

/** The settings page. Its styles and scripts are files of `public/`; nothing comes from elsewhere. */
export function renderPage({ cards, notice, ...place }: PageContent): string {
  const sorted = [...cards].sort((a, b) => a.provider.name.localeCompare(b.provider.name, 'en'))
  const connected = sorted.filter(({ connection }) => connection)
  const others = sorted.filter(({ connection }) => !connection)
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Integrations</title>
<link rel="icon" href="/public/icon.svg">
${styles.map((name) => html`<link rel="stylesheet" href="/public/${name}.css">`)}
<script type="module" src="/public/main.js"></script>
</head>
<body>
<main>
<h1>Integrations</h1>
<p class="intro">Connect the tools your team uses. After a connect, the last three months of history are read automatically.</p>
<p id="notice" class="notice ${notice?.kind ?? ''}" tabindex="-1"${!notice && html` hidden`}>${notice && html`${notice.text} <a href="#${notice.id}">Show it</a>`}</p>
<p id="announcer" class="out-of-sight" role="status"></p>
${renderFilter(cards, place.filter)}
<p id="offline" class="notice bad" role="status" hidden>The live connection to this page is interrupted. What you see may be old; it is tried again by itself.</p>
${renderList('connected', 'Connected', connected, place)}
${renderList('available', 'Available', others, place)}
<p id="nothing" hidden>No integration fits this search.</p>
</main>
${renderDialog()}
</body>
</html>`
  return page.markup
}

function renderList(id: string, words: string, cards: readonly Card[], place: Place): Markup {
  return html`<section class="list" aria-labelledby="${id}-heading" id="list-${id}"${cards.length === 0 && html` hidden`}>
<h2 id="${id}-heading">${words} <span class="count" data-count>${cards.length}</span></h2>
<ul class="cards" role="list">
${cards.map((card) => renderCard(card, place))}
</ul>
</section>`
}

const statuses = [
  ['', 'Any status'],
  ['connected', 'Connected'],
  ['reconnect', 'Needs reconnecting'],
  ['none', 'Not connected'],
  ['closing', 'Closing down'],
] as const

/** A form like any other: the server filters where no script does. */
function renderFilter(cards: readonly Card[], filter: Place['filter']): Markup {
  const categories = [...new Set(cards.map(({ provider }) => provider.category))].sort()
  const option = (value: string, words: string, chosen: string | undefined) =>
    html`<option value="${value}"${value === (chosen ?? '') && html` selected`}>${words}</option>`
  return html`<form id="filter" class="filter" role="search" method="get" action="/">
<div><label for="q">Search</label><input id="q" name="q" type="search" value="${filter.q ?? ''}" placeholder="Slack, CRM, calendar…" autocomplete="off"></div>
<div><label for="category">Category</label><select id="category" name="category">${option('', 'All categories', filter.category)}${categories.map((each) => option(each, categoryWords(each), filter.category))}</select></div>
<div><label for="status">Status</label><select id="status" name="status">${statuses.map(([value, words]) => option(value, words, filter.status))}</select></div>
<noscript><button>Search</button></noscript>
<p id="found" role="status">${countWords(cards.length, 'integration')}</p>
</form>`
}

/** One for all cards: the script fills in whose it is. */
function renderDialog(): Markup {
  return html`<dialog id="disconnect" aria-labelledby="disconnect-heading">
<form method="dialog">
<h2 id="disconnect-heading">Disconnect</h2>
<div id="disconnect-what"></div>
<label id="disconnect-leave" class="check"><input type="checkbox" name="leave"> <span></span></label>
<p class="failure" role="alert" hidden></p>
<div class="actions"><button value="cancel">Keep it</button><button value="disconnect" class="danger main">Disconnect</button></div>
</form>
</dialog>`
}
