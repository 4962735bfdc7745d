import { memoryStore } from 'latchkey'
import { abreast } from '../measure/loops.ts'
import type { Contender } from '../measure/rounds.ts'
import type { Exchange } from '../peers/floors.ts'
import { codeOf, tokenFor } from './acme.ts'
import { type BenchClient, beginFlow, clientAt } from './client.ts'

/** The library's whole callback, so many at once: every one a tenant's first, into a memory store made for the round. */
export function callbackContender(name: string, origin: string, lanes: number): Contender {
  let client: BenchClient
  let queries: string[] = []
  const callBack = async (index: number) => {
    const query = queries[index]
    if (query === undefined) throw new Error('a callback without a flow')
    return client.callback(query)
  }
  const contender: Contender = {
    name,
    async prepare(count) {
      client = clientAt(origin, { store: memoryStore() })
      queries = await Promise.all(
        Array.from({ length: count }, (_, index) => beginFlow(client, `t${index}`, codeOf(index))),
      )
    },
    run: abreast(lanes, callBack),
    async check() {
      await this.prepare?.(2)
      await callBack(0)
      const { connection, redirectPath } = await callBack(1)
      const token = await client.getAccessToken({ tenantId: 't1' })
      if (connection.tenantId !== 't1' || redirectPath !== '/integrations' || token !== tokenFor(codeOf(1)))
        throw new Error(`${name}: the callback did not make the connection`)
    },
  }
  return contender
}

/** A bare exchange, so many at once: a code for an access token. */
export function exchangeContender(name: string, exchange: Exchange, lanes: number): Contender {
  return {
    name,
    run: abreast(lanes, (index) => exchange(codeOf(index))),
    async check() {
      const token = await exchange(codeOf(7))
      if (token !== tokenFor(codeOf(7))) throw new Error(`${name}: the exchange gave another token`)
    },
  }
}
