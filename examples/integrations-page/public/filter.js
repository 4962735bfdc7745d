import { matches } from './matching.js'
import { countWords } from './words.js'

const form = document.querySelector('#filter')

/** Search, category and status as one types; the address says what is searched for, so that it can be shared. */
export function startFiltering() {
  form.addEventListener('submit', (event) => event.preventDefault())
  form.addEventListener('input', () => {
    refilter()
    const url = new URL(location.href)
    for (const [name, value] of new FormData(form))
      value ? url.searchParams.set(name, value) : url.searchParams.delete(name)
    history.replaceState(null, '', url)
    for (const input of document.querySelectorAll('input[name=redirectPath]'))
      input.value = location.pathname + location.search
  })
  refilter()
}

/** Shows what fits. A card in which somebody is working stays. */
export function refilter() {
  const filter = Object.fromEntries(new FormData(form))
  let found = 0
  for (const list of document.querySelectorAll('.list')) {
    let count = 0
    for (const card of list.querySelectorAll('.card')) {
      const { names, category, states } = card.dataset
      const fits = matches({ names, category, states: states.split(' ') }, filter)
      card.hidden = !fits && !card.contains(document.activeElement)
      if (!card.hidden) count += 1
    }
    list.querySelector('[data-count]').textContent = count
    list.hidden = count === 0
    found += count
  }
  document.querySelector('#nothing').hidden = found > 0
  const words = countWords(found, 'integration')
  const told = document.querySelector('#found')
  if (told.textContent !== words) told.textContent = words
}
