import { connect } from 'node:net'
import { describe } from 'vitest'

/** The servers that some tests need, where this machine has them. `REDIS_URL` and `POSTGRES_URL` name others. */
export const redisUrl = process.env.REDIS_URL ?? 'redis://127.0.0.1:6379'
export const postgresUrl = process.env.POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/test'

function answers(url: string, port: number): Promise<boolean> {
  const { hostname, port: given } = new URL(url)
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(given) || port, timeout: 2_000 })
    const end = (found: boolean) => {
      socket.destroy()
      resolve(found)
    }
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
    socket.once('timeout', () => end(false))
  })
}

/**
 * `describe` where the server answers. Elsewhere the tests are skipped, and named so in the summary; with
 * `LATCHKEY_NEED_SERVERS=1` (as in `.ci/run`) they fail instead.
 */
async function describeWith(name: string, url: string, port: number, variable: string) {
  const { protocol, host } = new URL(url)
  if (await answers(url, port)) return describe
  const why = `no ${name} at ${protocol}//${host}: start one, or name another in ${variable}`
  if (process.env.LATCHKEY_NEED_SERVERS) throw new Error(why)
  return (words: string, tests: () => void) => describe.skip(`${words} (skipped: ${why})`, tests)
}

export const describeWithRedis = await describeWith('Redis', redisUrl, 6379, 'REDIS_URL')
export const describeWithPostgres = await describeWith('Postgres', postgresUrl, 5432, 'POSTGRES_URL')
