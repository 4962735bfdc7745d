import { cardOf, nameOf, refreshCard } from './cards.js'
import { announce } from './notice.js'
import { runMark, runWords } from './words.js'

/** The bars, moved by one stream of events for all integrations, and the buttons beside them. */
export function startSync() {
  listen()
  document.addEventListener('click', ({ target }) => {
    const button = target.closest?.('[data-sync-action]')
    if (button) act(button)
  })
}

/** A tab that nobody sees needs none of the few connections a browser has for a site. */
function listen() {
  let source
  const open = () => {
    source = new EventSource('/oauth/sync')
    source.addEventListener('sync', ({ data }) => show(JSON.parse(data)))
    source.addEventListener('open', () => offline(false))
    source.addEventListener('error', () => {
      offline(true)
      // A refusal is not tried again by the browser.
      if (source.readyState === EventSource.CLOSED) setTimeout(reopen, 5_000)
    })
  }
  const reopen = () => {
    source.close()
    if (!document.hidden) open()
  }
  document.addEventListener('visibilitychange', () => {
    reopen()
    // What another tab has connected or disconnected meanwhile.
    if (!document.hidden)
      for (const card of document.querySelectorAll('#list-connected .card')) refreshCard(card.id)
  })
  addEventListener('pagehide', () => source.close())
  addEventListener('pageshow', ({ persisted }) => persisted && reopen())
  open()
}

let timer

/** Streams end now and then and are begun anew: only one that stays away is worth a word. */
function offline(is) {
  clearTimeout(timer)
  const show = () => {
    document.querySelector('#offline').hidden = !is
  }
  if (is) timer = setTimeout(show, 5_000)
  else show()
}

const ends = { completed: 'History read', failed: 'The sync stopped', cancelled: 'The sync was cancelled' }

function show(run) {
  const section = cardOf(run.provider)?.querySelector('[data-sync]')
  if (section?.dataset.run !== runMark(run)) {
    const isNews = section?.dataset.run?.startsWith(`${run.id} `)
    if (isNews && ends[run.status]) announce(`${nameOf(run.provider)}: ${ends[run.status]}.`)
    // A run that outlives its connection has no card to be shown on.
    if (section || run.status === 'running' || run.status === 'pending') refreshCard(run.provider)
    return
  }
  const { detail, percent, value } = runWords(run)
  const bar = section.querySelector('progress')
  if (bar && value !== undefined) bar.value = value
  set(section.querySelector('[data-run-percent]'), value === undefined ? '' : percent)
  set(section.querySelector('[data-run-detail]'), detail)
}

function set(element, text) {
  if (element && element.textContent !== text) element.textContent = text
}

async function act(button) {
  if (button.getAttribute('aria-busy')) return
  const card = button.closest('.card')
  const section = button.closest('[data-sync]')
  const query = new URLSearchParams({
    connectionId: section.dataset.connection,
    action: button.dataset.syncAction,
  })
  button.setAttribute('aria-busy', 'true')
  let words = ''
  try {
    const response = await fetch(`/oauth/${card.id}/sync?${query}`, { method: 'POST' })
    // 409: it has moved on since; the card then says where to.
    if (!response.ok && response.status !== 409) words = 'This site could not do that. Try again in a moment.'
  } catch {
    words = 'This site could not be reached. Try again in a moment.'
  }
  button.removeAttribute('aria-busy')
  await refreshCard(card.id)
  const failure = section.querySelector('[data-sync-failure]')
  failure.textContent = words
  failure.hidden = !words
}
