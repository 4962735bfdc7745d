/**
 * Makes `from` what `to` is, keeping the nodes that stay: focus, selection, what was typed, and what was unfolded are
 * left alone. Children are told apart by `id` or `data-key`, others by their place.
 */
export function morph(from, to) {
  for (const { name, value } of to.attributes)
    if (from.getAttribute(name) !== value) from.setAttribute(name, value)
  for (const { name } of [...from.attributes])
    if (!to.hasAttribute(name) && !(name === 'open' && from.localName === 'details'))
      from.removeAttribute(name)
  const wantedKeys = new Set([...to.children].map(keyOf))
  for (const child of [...from.children]) if (keyOf(child) && !wantedKeys.has(keyOf(child))) child.remove()
  let at = from.firstChild
  for (const wanted of [...to.childNodes]) {
    const key = keyOf(wanted)
    let found = key ? [...from.children].find((child) => keyOf(child) === key) : undefined
    if (!found && !key && at && at.nodeName === wanted.nodeName && !keyOf(at)) found = at
    if (!found) {
      from.insertBefore(document.importNode(wanted, true), at)
      continue
    }
    // What stands between was not wanted, or comes later by its key.
    while (at && at !== found && !keyOf(at)) at = remove(at)
    if (found === at) at = at.nextSibling
    else from.insertBefore(found, at)
    if (found.nodeType === Node.ELEMENT_NODE) morph(found, wanted)
    else if (found.nodeValue !== wanted.nodeValue) found.nodeValue = wanted.nodeValue
  }
  while (at) at = remove(at)
}

function remove(node) {
  const next = node.nextSibling
  node.remove()
  return next
}

const keyOf = (node) =>
  node.nodeType === Node.ELEMENT_NODE ? node.id || node.dataset.key || undefined : undefined
