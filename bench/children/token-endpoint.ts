import { createServer, type Socket } from 'node:net'
import { tokenFor } from '../setting/acme.ts'

// The token endpoint, in a process of its own so that one core measures the client. It speaks HTTP by hand, since
// node:http costs more than some of the clients: it would be the slowest, and all would look alike.

let latency = 0
let requests = 0

const server = createServer({ noDelay: true }, (socket) => {
  let text = ''
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1')
    for (;;) {
      const headEnd = text.indexOf('\r\n\r\n')
      if (headEnd < 0) return
      const head = text.slice(0, headEnd)
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0)
      const end = headEnd + 4 + length
      if (text.length < end) return
      const body = text.slice(headEnd + 4, end)
      text = text.slice(end)
      answer(socket, head, body)
    }
  })
})

function answer(socket: Socket, head: string, body: string): void {
  requests += 1
  const [status, json] = judge(head, body)
  const closes = /\r\nconnection: *close/i.test(head)
  const response = `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncache-control: no-store\r\ncontent-length: ${json.length}\r\n${closes ? 'connection: close\r\n' : ''}\r\n${json}`
  const send = () => (closes ? socket.end(response) : socket.write(response))
  if (latency > 0) setTimeout(send, latency)
  else send()
}

/** A grant is given for what a real provider would ask for, so a contender that leaves something out fails. */
function judge(head: string, body: string): [status: string, json: string] {
  const isClient =
    body.includes('client_secret=client-secret-value') || /\r\nauthorization: *basic /i.test(head)
  if (!head.startsWith('POST /token') || !isClient) return ['401 Unauthorized', '{"error":"invalid_client"}']
  const refreshes = body.includes('grant_type=refresh_token') && body.includes('refresh_token=refresh-token-')
  const code = refreshes ? `refreshed-${requests}` : /(?:^|&)code=([^&]*)/.exec(body)?.[1]
  const exchanges =
    body.includes('grant_type=authorization_code') &&
    body.includes('code_verifier=') &&
    body.includes('redirect_uri=')
  if (!code || !(refreshes || exchanges)) return ['400 Bad Request', '{"error":"invalid_request"}']
  const token = `"access_token":"${tokenFor(code)}","refresh_token":"refresh-token-for-${code}"`
  return [
    '200 OK',
    `{${token},"token_type":"Bearer","expires_in":3600,"scope":"read offline","user_id":"account-1"}`,
  ]
}

process.on('message', (message: { readonly latency: number }) => {
  latency = message.latency
  process.send?.({ requests })
})
process.on('disconnect', () => process.exit())
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address && typeof address === 'object') process.send?.({ origin: `http://127.0.0.1:${address.port}` })
})
