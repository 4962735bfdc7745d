import { describe, expect, it } from 'vitest'
import { documented, json, useStage } from '../flow-stage.ts'
import { begin } from '../flow-walk.ts'
import { row } from '../rows/quickbooks.ts'

const stage = useStage()

describe('quickbooks', () => {
  it('knows the end of a refresh token that no answer states: 100 days, and five years in all', async () => {
    const { x_refresh_token_expires_in: _none, ...body } = Object(documented('quickbooks', 'token').body)
    const walk = begin(stage, row, { token: json(body) })
    const { connection } = await walk.connectRefreshable()
    expect(connection.refreshTokenExpiresAt).toEqual(new Date('2027-03-01T12:00:00.000Z'))
    walk.setTime(Date.parse('2031-10-01T12:00:00.000Z'))
    const { refreshTokenExpiresAt } = await walk.client.refresh({ tenantId: 't1' })
    expect(refreshTokenExpiresAt).toEqual(new Date('2031-11-20T12:00:00.000Z'))
  })

  it('goes by what an answer states', async () => {
    const { connection } = await begin(stage, row).connect()
    expect(connection.refreshTokenExpiresAt).toEqual(new Date('2027-03-02T12:00:00.000Z'))
  })
})
