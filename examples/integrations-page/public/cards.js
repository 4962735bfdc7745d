import { refilter } from './filter.js'
import { morph } from './morph.js'
import { timeWords } from './words.js'

export const cardOf = (id) => document.getElementById(id)
export const nameOf = (id) => cardOf(id)?.dataset.name ?? id

/** Times in the reader's own zone. */
export function localise(root) {
  for (const time of root.querySelectorAll('time[datetime]')) time.textContent = timeWords(time.dateTime)
}

const underWay = new Map()

/** Has the server render a card anew, and changes what is different. Calls while one is under way become one more. */
export function refreshCard(id) {
  const running = underWay.get(id)
  if (running) {
    running.again = true
    return running.done
  }
  const turn = { again: false }
  turn.done = (async () => {
    try {
      do {
        turn.again = false
        await renderAnew(id)
      } while (turn.again)
    } finally {
      underWay.delete(id)
    }
  })()
  underWay.set(id, turn)
  return turn.done
}

async function renderAnew(id) {
  const card = cardOf(id)
  const path = encodeURIComponent(location.pathname + location.search)
  const response = await fetch(`/cards/${id}?path=${path}`)
  if (!card || !response.ok) return
  const parsed = new DOMParser().parseFromString(await response.text(), 'text/html')
  const wanted = parsed.querySelector('li')
  localise(wanted)
  const held = card.contains(document.activeElement) ? document.activeElement : undefined
  morph(card, wanted)
  place(card)
  // What had the focus is gone: the next best thing to do gets it, and not the top of the page.
  if (held && document.activeElement !== held) {
    if (held.isConnected) held.focus()
    else card.querySelector('[data-sync-action], .connect button, h3')?.focus()
  }
  refilter()
}

/** Into the list it belongs to, by its name. */
function place(card) {
  const isConnected = !card.dataset.states.split(' ').includes('none')
  const list = document.querySelector(`#list-${isConnected ? 'connected' : 'available'} .cards`)
  if (card.parentElement === list) return
  const name = card.dataset.name
  const next = [...list.children].find((other) => other.dataset.name.localeCompare(name, 'en') > 0)
  list.insertBefore(card, next ?? null)
}
