import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isOAuthError, OAuthError } from '../../errors/oauth-error.ts'
import { always } from '../../handler/respond.ts'
import { toNodeListener } from '../../node/listener.ts'
import { readCallbackInput } from '../../protocols/callback-input.ts'
import { equalSecrets } from '../../state/digest.ts'
import { CommandFailure, exitCodes } from '../exit-codes.ts'
import { type CallbackPage, callbackPage, callbackPagePolicy } from './callback-page.ts'
import type { RedirectTarget } from './redirect-target.ts'

/** The browser has come back; it waits for what to show. */
export interface Callback {
  readonly query: URLSearchParams
  answer(page: CallbackPage): void
}

/** Listens on loopback for one callback (RFC 8252 §7.3). */
export interface CallbackServer {
  /** The redirect URI, with the port that it has. */
  readonly redirectUri: string
  /**
   * The first request to the redirect URI that carries this `state`. Anything else that a page or a program of this
   * machine sends there is answered with an error page and changes nothing (§8.9): the wait goes on, and `onForeign` is
   * told.
   */
  next(state: string, onForeign: () => void): Promise<Callback>
  /** Answers what is under way, and frees the port. */
  close(): Promise<void>
}

/** ms that connections get which a browser has opened and not used. */
const closeAllowance = 500

interface Wait {
  readonly state: string
  readonly onForeign: () => void
  readonly resolve: (callback: Callback) => void
  isOver: boolean
}

/** Throws a `CommandFailure` where the port cannot be had. */
export async function listenForCallback(
  target: RedirectTarget & { readonly listen: object },
): Promise<CallbackServer> {
  let wait: Wait | undefined
  const path = new URL(target.uri).pathname
  const listener = toNodeListener((request) => serve(request, path, wait))
  const servers: Server[] = []
  try {
    let port = target.listen.port
    for (const host of target.listen.hosts) {
      const server = createServer((request, response) => {
        // No connection outlives its answer, so that the port is free when the command ends.
        response.shouldKeepAlive = false
        void listener(request, response)
      })
      const address = await listen(server, port, host, servers.length > 0)
      if (!address) continue
      servers.push(server)
      port = address.port
    }
    return {
      redirectUri: target.uri.replace(/^(http:\/\/127\.0\.0\.1):0\//, `$1:${port}/`),
      next: (state, onForeign) =>
        new Promise((resolve) => {
          wait = { state, onForeign, resolve, isOver: false }
        }),
      close: () => closeAll(servers),
    }
  } catch (error) {
    await closeAll(servers)
    throw error
  }
}

/** `undefined` where this machine has no such address and can do without. */
async function listen(
  server: Server,
  port: number,
  host: string,
  isSecond: boolean,
): Promise<AddressInfo | undefined> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ port, host }, resolve)
    })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (isSecond && (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT')) return undefined
    const why =
      { EADDRINUSE: 'something else listens there', EACCES: 'the system does not allow it' }[code] ?? code
    throw new CommandFailure(`cannot listen on ${host} port ${port}: ${why}`, {
      exitCode: exitCodes.failed,
      hint: 'Give another --port (and register it with the provider), or use --paste, which listens nowhere.',
    })
  }
  const address = server.address()
  return typeof address === 'object' && address !== null ? address : undefined
}

async function closeAll(servers: readonly Server[]): Promise<void> {
  await Promise.all(
    servers.map(async (server) => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      const timer = setTimeout(() => server.closeAllConnections(), closeAllowance)
      await closed
      clearTimeout(timer)
    }),
  )
}

async function serve(request: Request, path: string, wait: Wait | undefined): Promise<Response> {
  if (new URL(request.url).pathname !== path) return show(404, notHere)
  if (request.method !== 'GET' && request.method !== 'POST') return show(405, notHere)
  let query: URLSearchParams
  try {
    query = await readCallbackInput({ fail: (details) => new OAuthError(details) }, request)
  } catch (error) {
    if (!isOAuthError(error)) throw error
    return show(400, foreign)
  }
  const state = query.getAll('state')
  if (!wait || state.length !== 1 || !equalSecrets(state[0], wait.state)) {
    wait?.onForeign()
    return show(400, foreign)
  }
  if (wait.isOver) return show(400, { heading: 'This answer has come already', text: 'See the terminal.' })
  wait.isOver = true
  return new Promise((resolve) => {
    wait.resolve({ query, answer: (page) => resolve(show(page.failed ? 400 : 200, page)) })
  })
}

const notHere: CallbackPage = {
  heading: 'Nothing is here',
  text: 'latchkey waits for a provider’s answer at another path.',
}

const foreign: CallbackPage = {
  heading: 'This is not the answer that latchkey waits for',
  text: 'It belongs to another flow, or to none. Open the address that the terminal shows, and go on there.',
}

function show(status: number, page: CallbackPage): Response {
  return new Response(callbackPage(page), {
    status,
    headers: {
      ...always,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': callbackPagePolicy,
    },
  })
}
