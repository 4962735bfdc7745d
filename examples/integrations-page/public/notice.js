const notice = document.querySelector('#notice')

/** What came of a flow is read out once, and a reload does not say it again. */
export function startNotice() {
  if (notice.hidden) return
  notice.focus()
  const url = new URL(location.href)
  for (const name of ['connected', 'oauth_error', 'provider', 'chosen', 'ended'])
    url.searchParams.delete(name)
  history.replaceState(null, '', url)
}

/** For what is new while the page is open: shown where the notice is, and read out without moving the focus. */
export function tell(kind, text) {
  notice.className = `notice ${kind}`
  notice.textContent = text
  notice.hidden = false
  announce(text)
}

/** For those who do not see the card. Never for each step of a bar. */
export function announce(text) {
  document.querySelector('#announcer').textContent = text
}
