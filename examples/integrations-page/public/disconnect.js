import { cardOf, nameOf, refreshCard } from './cards.js'
import { tell } from './notice.js'

/** The dialog that says what Disconnect will do before it is done. */
export function startDisconnecting() {
  const dialog = document.querySelector('#disconnect')
  const leave = dialog.querySelector('#disconnect-leave')
  const failure = dialog.querySelector('.failure')
  const confirm = dialog.querySelector('button[value=disconnect]')
  let card
  document.addEventListener('click', ({ target }) => {
    const button = target.closest?.('[data-disconnect]')
    if (!button) return
    card = button.closest('.card')
    const what = card.querySelector('[data-consequences]')
    dialog.querySelector('h2').textContent = `Disconnect ${card.dataset.name}?`
    dialog.querySelector('#disconnect-what').innerHTML = what.innerHTML
    leave.hidden = !('revokes' in what.dataset)
    leave.querySelector('input').checked = false
    leave.querySelector('span').textContent = `Leave the access at ${card.dataset.name} as it is`
    failure.hidden = true
    dialog.returnValue = ''
    dialog.showModal()
  })
  confirm.addEventListener('click', async (event) => {
    event.preventDefault()
    if (confirm.getAttribute('aria-busy')) return
    confirm.setAttribute('aria-busy', 'true')
    const answer = await disconnect(card, leave.querySelector('input').checked)
    confirm.removeAttribute('aria-busy')
    failure.hidden = !answer.failed
    failure.textContent = answer.failed ?? ''
    if (answer.failed) return
    dialog.close('disconnected')
    tell(answer.kind, answer.words)
    // The button that opened the dialog may be gone already: nobody is left at the top of the page meanwhile.
    if (!card.contains(document.activeElement)) card.querySelector('h3').focus()
    await refreshCard(card.id)
    cardOf(card.id).querySelector('.connect button').focus()
    await Promise.all(answer.others.map(refreshCard))
  })
}

async function disconnect({ id, dataset: { name } }, leaves) {
  const connection = cardOf(id).querySelector('[data-connection]').dataset.connection
  const query = new URLSearchParams({ connectionId: connection, ...(leaves && { revoke: 'false' }) })
  try {
    const response = await fetch(`/oauth/${id}?${query}`, { method: 'DELETE' })
    if (!response.ok)
      return { failed: `${name} is still connected: this site could not do it. Try again in a moment.` }
    const { revoked, error, alsoEnded = [] } = await response.json()
    const others = alsoEnded.map(({ provider }) => provider)
    const ended = others.length > 0 ? ` Ended with it: ${others.map(nameOf).join(', ')}.` : ''
    if (revoked)
      return {
        kind: 'good',
        others,
        words: `${name} is disconnected, and its access was taken back there.${ended}`,
      }
    if (error)
      return {
        kind: 'bad',
        others,
        words: `${name} is disconnected here, but did not take the access back: remove this app in its settings.`,
      }
    return { kind: 'good', others, words: `${name} is disconnected.${ended}` }
  } catch {
    return { failed: 'This site could not be reached. Try again in a moment.' }
  }
}
