import { describe, expect, it } from 'vitest'
import { documented, ref, useStage } from '../flow-stage.ts'
import { begin } from '../flow-walk.ts'
import { row } from '../rows/shopify.ts'

const stage = useStage()

describe('shopify', () => {
  it('hands back a throttled call as it is: GraphQL is asked by POST, which is not sent again', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.sent.length = 0
    stage.answer(
      'POST https://acme-store.myshopify.com/admin/api/2026-10/graphql.json',
      documented('shopify', 'throttled'),
    )
    const body = JSON.stringify({ query: '{ shop { id } }' })
    const response = await walk.client.fetch(ref, '/graphql.json', { method: 'POST', body })
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'THROTTLED' } }] })
    expect(stage.sent).toHaveLength(1)
  })

  it('waits where a throttled call that may be sent again says how long', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.sent.length = 0
    const throttled = documented('shopify', 'throttled')
    stage.answer(
      row.api.request.endpoint,
      { ...throttled, headers: { ...throttled.headers, 'retry-after': '0' } },
      { status: 200, headers: { 'content-type': 'application/json' }, body: { shop: {} } },
    )
    expect(await (await walk.client.fetch(ref, row.api.path)).json()).toEqual({ shop: {} })
    expect(stage.sent).toHaveLength(2)
  })

  it('keeps a token that has no end where the shop gives one', async () => {
    const token = documented('shopify', 'token-without-expiry')
    const { connection } = await begin(stage, row, { token }).connect()
    expect(connection.expiresAt).toBeUndefined()
    expect(connection.scopes).toEqual(['write_orders', 'read_customers'])
  })
})
