import { refreshCard } from './cards.js'
import { tell } from './notice.js'
import { connectFailureWords, keyRefusedWords } from './words.js'

/** Connect forms: values are checked and said beside their fields; keys are sent as JSON. */
export function startForms() {
  for (const form of document.querySelectorAll('form.connect')) form.noValidate = true
  document.addEventListener('change', ({ target }) => {
    if (target.dataset.normalize)
      target.value = normalized(target.value, JSON.parse(target.dataset.normalize))
    if (target.matches('form.connect [aria-invalid]')) check(target)
  })
  document.addEventListener('submit', (event) => {
    const form = event.target
    if (!form.matches('form.connect')) return
    const wrong = [...form.querySelectorAll('.field input')].filter((input) => !check(input))
    if (wrong.length > 0) {
      event.preventDefault()
      wrong[0].closest('details')?.setAttribute('open', '')
      wrong[0].focus()
    } else if ('byKey' in form.dataset) {
      event.preventDefault()
      connectByKey(form)
    }
  })
  // Back from the provider by the browser's Back: the button is to be pressed again.
  addEventListener('pageshow', () => {
    for (const button of document.querySelectorAll('form.connect button')) button.disabled = false
  })
}

/** As the server does it, so that what people paste passes the pattern. */
function normalized(value, { lowercase, stripPrefixes = [], stripSuffixes = [] }) {
  let result = lowercase ? value.trim().toLowerCase() : value.trim()
  for (const prefix of stripPrefixes) if (result.startsWith(prefix)) result = result.slice(prefix.length)
  for (const suffix of stripSuffixes) if (result.endsWith(suffix)) result = result.slice(0, -suffix.length)
  return result
}

function check(input) {
  const told = document.getElementById(`${input.id}-wrong`)
  const { valueMissing, patternMismatch } = input.validity
  const isWrong = valueMissing || patternMismatch
  if (isWrong) input.setAttribute('aria-invalid', 'true')
  else input.removeAttribute('aria-invalid')
  told.textContent = valueMissing
    ? 'This is needed.'
    : isWrong
      ? 'This does not look right: compare it with the example.'
      : ''
  told.hidden = !isWrong
  return !isWrong
}

async function connectByKey(form) {
  const card = form.closest('.card')
  const { id } = card
  const { name } = card.dataset
  const credentials = {}
  const params = {}
  for (const input of form.querySelectorAll('.field input'))
    if (input.value) ('credential' in input.dataset ? credentials : params)[input.name] = input.value
  const button = form.querySelector('.actions button')
  const failure = form.querySelector('.failure')
  failure.hidden = true
  button.setAttribute('aria-busy', 'true')
  let words
  try {
    const response = await fetch(form.action, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ credentials, params }),
    })
    if (response.status === 422) words = keyRefusedWords(name)
    else if (!response.ok) words = connectFailureWords((await response.json()).error?.code, name)
  } catch {
    words = connectFailureWords('network', 'This site')
  }
  button.removeAttribute('aria-busy')
  if (words) {
    failure.textContent = words
    failure.hidden = false
    button.focus()
    return
  }
  tell('good', `${name} is connected. Its history is being read.`)
  await refreshCard(id)
}
