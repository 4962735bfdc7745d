import { connect } from 'node:net'

/** The servers that some flows need, where this machine has them. `REDIS_URL` and `POSTGRES_URL` name others. */
const urls = {
  redis: process.env.REDIS_URL ?? 'redis://127.0.0.1:6379',
  postgres: process.env.POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/test',
}
const ports = { redis: 6379, postgres: 5432 }

/**
 * Which of them answer. One that does not is told with what is left out; with `LATCHKEY_NEED_SERVERS=1` (as in `.ci/run`) it
 * throws instead.
 */
export async function findServers(tell: (words: string) => void) {
  const found: { redisUrl?: string; postgresUrl?: string } = {}
  if (await answers('redis')) found.redisUrl = urls.redis
  if (await answers('postgres')) found.postgresUrl = urls.postgres
  for (const [name, url] of [
    ['redis', found.redisUrl],
    ['postgres', found.postgresUrl],
  ] as const) {
    if (url) continue
    const { protocol, host } = new URL(urls[name])
    const why = `no ${name} at ${protocol}//${host}: start one, or name another in ${name.toUpperCase()}_URL`
    if (process.env.LATCHKEY_NEED_SERVERS) throw new Error(why)
    tell(`store-${name} and suite-${name} are left out: ${why}`)
  }
  return found
}

function answers(name: keyof typeof urls): Promise<boolean> {
  const { hostname, port } = new URL(urls[name])
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) || ports[name], timeout: 2_000 })
    const end = (found: boolean) => {
      socket.destroy()
      resolve(found)
    }
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
    socket.once('timeout', () => end(false))
  })
}
