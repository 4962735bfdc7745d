// Runs in the page: every value that the bar of a card is given, in order.
globalThis.barValues = {}
const note = (bar) => {
  const id = bar.closest('.card')?.id
  if (!id || !bar.hasAttribute('value')) return
  globalThis.barValues[id] ??= []
  const values = globalThis.barValues[id]
  const value = Number(bar.getAttribute('value'))
  if (values.at(-1) !== value) values.push(value)
}
new MutationObserver((records) => {
  for (const { target, addedNodes } of records)
    for (const node of [target, ...addedNodes]) {
      if (node.localName === 'progress') note(node)
      else if (node !== target) for (const bar of node.querySelectorAll?.('progress') ?? []) note(bar)
    }
}).observe(document, { subtree: true, childList: true, attributeFilter: ['value'] })
