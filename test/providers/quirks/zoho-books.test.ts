import { describe, expect, it } from 'vitest'
import { json, ref, useStage } from '../flow-stage.ts'
import { begin } from '../flow-walk.ts'
import { row as zohoBooksRow } from '../rows/zoho-books.ts'

const stage = useStage()
const learning = zohoBooksRow.learning.map((each) => ({ ...each, answer: 'discovery-default' }))
const row = { ...zohoBooksRow, learning }
const invoices = 'GET https://www.zohoapis.com/books/v3/invoices'

describe('zoho-books', () => {
  it("takes the user's default organization, and knows the others", async () => {
    const { connection } = await begin(stage, row).connect()
    expect(connection.params.organizationId).toBe('10234696')
    expect(connection.choices).toEqual({
      organizationId: [
        { id: '10234695', name: 'Zillum' },
        { id: '10234696', name: 'Zillum Labs' },
      ],
    })
  })

  it('calls the organization that is chosen afterwards', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    await walk.client.choose(ref, { organizationId: '10234695' })
    stage.sent.length = 0
    stage.answer(invoices, json({ code: 0, invoices: [] }))
    await walk.client.fetch(ref, '/invoices')
    expect(stage.sent[0]?.query).toEqual({ organization_id: '10234695' })
  })

  it('takes the organization that was asked for', async () => {
    const walk = begin(stage, row, { params: { location: 'eu', organizationId: '10234695' } })
    expect((await walk.connect()).connection.params.organizationId).toBe('10234695')
  })
})
