import { describe, expect, it } from 'vitest'
import { failure } from '../../support/connected.ts'
import { documented, json, openClient, ref, useStage } from '../flow-stage.ts'
import { begin } from '../flow-walk.ts'
import { row } from '../rows/xero.ts'

const stage = useStage()
const florists = '70784a63-d24b-46a9-a4db-0e70a274b056'
const demo = 'e0da6937-de07-4a14-adee-37abfac298ce'

/** The row with another list of organisations. */
const withList = (answer: string) => ({
  ...row,
  learning: row.learning.map((request) => ({ ...request, answer })),
})

describe('xero', () => {
  it('guesses none of two organisations that were granted at once', async () => {
    const walk = begin(stage, withList('discovery-two-granted'))
    const { connection } = await walk.connect()
    expect(connection.params).toEqual({ authEventId: 'd0ddcf81-f942-4f4d-b3c7-f98045204db4' })
    expect(connection.choices).toEqual({
      organisationId: [
        { id: florists, name: 'Maple Florists Ltd' },
        { id: demo, name: 'Adam Demo Company (NZ)' },
      ],
    })
    await walk.client.choose(ref, { organisationId: florists })
    stage.answer(row.api.request.endpoint, json({ Invoices: [] }))
    await walk.client.fetch(ref, row.api.path)
    expect(stage.sent.at(-1)?.headers['xero-tenant-id']).toBe(florists)
  })

  it('takes what an earlier authorization left where this one granted nothing new', async () => {
    const { connection } = await begin(stage, withList('discovery-earlier')).connect()
    expect(connection.params).toMatchObject({ organisationId: florists })
  })

  it('takes the organisation that was asked for, and no other', async () => {
    const two = withList('discovery-two-granted')
    const asked = await begin(stage, two, { params: { organisationId: demo } }).connect()
    expect(asked.connection.params).toMatchObject({ organisationId: demo })
    const strange = { organisationId: '00000000-0000-4000-8000-000000000000' }
    expect((await failure(begin(stage, two, { params: strange }).connect())).code).toBe('params_invalid')
  })

  it('is no connection where no organisation is left', async () => {
    const walk = begin(stage, withList('discovery-none'))
    expect((await failure(walk.connect())).code).toBe('malformed_response')
    expect(await walk.client.getConnection(ref)).toBeUndefined()
  })

  it('knows the user without openid, but not the words for them', async () => {
    const token = documented('xero', 'token-without-openid')
    const { connection } = await begin(stage, row, { token }).connect()
    expect(connection.account).toEqual({ id: '1945393b-6eb7-4143-b083-7ab26cd7690b' })
  })

  it('asks for a refresh token whatever else is asked for', async () => {
    const { client } = openClient(row.definition, {
      redirectUri: row.redirectUri,
      scopes: ['accounting.contacts.read'],
    })
    const { url } = await client.authorize(ref)
    expect(new URL(url).searchParams.get('scope')).toBe('accounting.contacts.read offline_access')
  })

  it('spends no refresh on a scope that is missing, nor on an organisation that was disconnected', async () => {
    const walk = begin(stage, row)
    await walk.connectRefreshable()
    stage.answer(
      row.api.request.endpoint,
      documented('xero', 'api-scope'),
      documented('xero', 'api-disconnected'),
    )
    expect((await walk.client.fetch(ref, row.api.path)).status).toBe(401)
    expect((await walk.client.fetch(ref, row.api.path)).status).toBe(403)
    expect(stage.sent).toHaveLength(2)
    expect(await walk.client.getConnection(ref)).toMatchObject({ status: 'active' })
  })

  it('refreshes for a 401 that says the token has expired', async () => {
    const walk = begin(stage, row)
    await walk.connectRefreshable()
    walk.answerRefresh()
    stage.answer(row.api.request.endpoint, documented('xero', 'api-expired'), json({ Invoices: [] }))
    expect((await walk.client.fetch(ref, row.api.path)).status).toBe(200)
    expect(stage.sent).toHaveLength(3)
  })

  it('says which other connections of the same user a revocation ended', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    const { state } = await walk.client.authorize({ ...ref, connectionId: 'second' })
    await walk.client.callback(walk.returnTo(state))
    stage.answer('POST https://identity.xero.com/connect/revocation', documented('xero', 'revoke'))
    const result = await walk.client.disconnect(ref)
    expect(result.revoked).toBe(true)
    expect(result.alsoEnded?.map(({ connectionId }) => connectionId)).toEqual(['second'])
  })
})
