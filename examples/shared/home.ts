/** Where a browser tries an example out: what is connected, what can be, and a call. Yours goes here. */
export const homePage = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>latchkey</title>
<style>body { font: 16px/1.6 system-ui, sans-serif; max-width: 40rem; margin: 8vh auto; padding: 0 1rem }</style>
</head><body>
<h1>Integrations</h1>
<p id="outcome" role="status"></p>
<ul id="integrations"><li><a href="/login">Sign in</a> first.</li></ul>
<p><a href="/channels">Slack's channels</a>, by a route of the application's own</p>
<script type="module">
  const query = new URLSearchParams(location.search)
  document.querySelector('#outcome').textContent = query.has('connected')
    ? query.get('connected') + ' is connected.'
    : query.has('oauth_error') ? query.get('provider') + ': ' + query.get('oauth_error') : ''
  const response = await fetch('/oauth')
  const list = document.querySelector('#integrations')
  if (response.ok) list.replaceChildren()
  for (const { id, name, connections } of response.ok ? await response.json() : []) {
    const item = list.appendChild(document.createElement('li'))
    item.append(name + (connections.length ? ': ' + (connections[0].account?.name ?? 'connected') + ' ' : ' '))
    const button = item.appendChild(document.createElement('button'))
    button.textContent = connections.length ? 'Disconnect' : 'Connect'
    button.onclick = async () => {
      if (connections.length) {
        await fetch('/oauth/' + id, { method: 'DELETE' })
        return location.assign('/')
      }
      const shop = id === 'shopify' ? '&shop=' + encodeURIComponent(prompt('Which shop?', 'acme-store') ?? '') : ''
      location.assign('/oauth/' + id + '/connect?redirectPath=/' + shop)
    }
  }
</script>
</body></html>
`
