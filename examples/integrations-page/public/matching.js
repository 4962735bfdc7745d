// Which cards a search shows; the same without script (on the server) and with it.

/** `card`: what it is called (in small letters), its category and states; `filter`: what the form says. */
export function matches(card, { q = '', category = '', status = '' }) {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean)
  return (
    words.every((word) => card.names.includes(word)) &&
    (category === '' || card.category === category) &&
    (status === '' || card.states.includes(status))
  )
}
