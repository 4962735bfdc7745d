import { describe, expect, it } from 'vitest'
import { failure } from '../../support/connected.ts'
import { documented, json, openClient, ref, useStage } from '../flow-stage.ts'
import { begin } from '../flow-walk.ts'
import { row } from '../rows/jira.ts'

const stage = useStage()
const [sites, account] = row.learning

/** The row with another list of sites. */
const withSites = (answer: string) => ({
  ...row,
  learning: [
    ...(sites ? [{ ...sites, answer }] : []),
    ...(account && answer !== 'discovery-none' ? [account] : []),
  ],
})
const first = '1324a887-45db-1bf4-1e99-ef0ff456d421'
const second = '2436b998-56ec-4cf5-8fa0-fa1aa567e532'

describe('jira', () => {
  it('guesses none of several sites, and says what there is', async () => {
    const walk = begin(stage, withSites('discovery-several'))
    const { connection } = await walk.connect()
    expect(connection.params).toEqual({})
    expect(connection.choices).toEqual({
      cloudId: [
        { id: first, name: 'Site name' },
        { id: second, name: 'Second site' },
      ],
    })
    expect(connection.account).toEqual({ id: '112233aa-bb11-cc22-33dd-445566abcabc', name: 'Mia Krystof' })
    stage.sent.length = 0
    expect((await failure(walk.client.fetch(ref, '/rest/api/3/myself'))).code).toBe('params_invalid')
    expect(stage.sent).toEqual([])
  })

  it('calls the site that is chosen afterwards', async () => {
    const walk = begin(stage, withSites('discovery-several'))
    await walk.connect()
    expect((await walk.client.choose(ref, { cloudId: second })).params).toEqual({ cloudId: second })
    stage.answer(`GET https://api.atlassian.com/ex/jira/${second}/rest/api/3/myself`, json({}))
    expect((await walk.client.fetch(ref, '/rest/api/3/myself')).status).toBe(200)
  })

  it('takes the site that was asked for', async () => {
    const walk = begin(stage, withSites('discovery-several'), { params: { cloudId: second } })
    expect((await walk.connect()).connection.params).toEqual({ cloudId: second })
  })

  it('does not connect to a site that the grant does not reach', async () => {
    const cloudId = '00000000-0000-4000-8000-000000000000'
    const walk = begin(stage, withSites('discovery-several'), { params: { cloudId } })
    expect((await failure(walk.connect())).code).toBe('params_invalid')
    expect(await walk.client.getConnection(ref)).toBeUndefined()
  })

  it('leaves a site of Confluence out', async () => {
    const walk = begin(stage, withSites('discovery-with-confluence'))
    expect((await walk.connect()).connection).toMatchObject({
      params: { cloudId: first },
      choices: { cloudId: [{ id: first, name: 'Site name' }] },
    })
  })

  it('is no connection without a site', async () => {
    const walk = begin(stage, withSites('discovery-none'))
    expect((await failure(walk.connect())).code).toBe('malformed_response')
    expect(await walk.client.getConnection(ref)).toBeUndefined()
  })

  it('asks for a refresh token whatever else is asked for', async () => {
    const { client } = openClient(row.definition, {
      redirectUri: row.redirectUri,
      scopes: ['read:jira-work'],
    })
    const { url } = await client.authorize(ref)
    expect(new URL(url).searchParams.get('scope')).toBe('read:jira-work offline_access')
  })

  it('knows the other words for a dead refresh token', async () => {
    const walk = begin(stage, row)
    await walk.connectRefreshable()
    stage.answer(row.exchange.endpoint, documented('jira', 'refresh-error-client'))
    const error = await failure(walk.tokenAfterItsEnd())
    expect([error.code, error.message]).toEqual([
      'reconnect_required',
      'Jira OAuth failed: unauthorized_client - refresh_token is invalid',
    ])
  })

  it('does not take every 403 for the end', async () => {
    const walk = begin(stage, row)
    await walk.connectRefreshable()
    stage.answer(row.exchange.endpoint, json({ error: 'unauthorized_client' }, 403))
    expect((await failure(walk.tokenAfterItsEnd())).code).toBe('provider_error')
    expect(await walk.client.getConnection(ref)).toMatchObject({ status: 'active' })
  })

  it('counts the year from the connect, whenever it is refreshed', async () => {
    const walk = begin(stage, row)
    await walk.connectRefreshable()
    stage.answer(row.exchange.endpoint, documented('jira', 'refresh'))
    const ends: (Date | undefined)[] = []
    for (const day of ['2027-02-09', '2027-04-30', '2027-07-19', '2027-10-07']) {
      walk.setTime(Date.parse(`${day}T12:00:00.000Z`))
      ends.push((await walk.client.refresh(ref)).refreshTokenExpiresAt)
    }
    expect(ends).toEqual([
      new Date('2027-05-10T12:00:00.000Z'),
      new Date('2027-07-29T12:00:00.000Z'),
      new Date('2027-10-17T12:00:00.000Z'),
      new Date('2027-11-21T12:00:00.000Z'),
    ])
  })

  it('spends no refresh on a scope that is missing', async () => {
    const walk = begin(stage, row)
    await walk.connectRefreshable()
    stage.answer(row.api.request.endpoint, documented('jira', 'api-scope'))
    const response = await walk.client.fetch(ref, row.api.path)
    expect(response.status).toBe(401)
    expect(stage.sent).toHaveLength(1)
  })

  it('reads when it may ask again as a date', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.sent.length = 0
    const limited = documented('jira', 'api-rate-limited')
    const now = { ...limited, headers: { ...limited.headers, 'x-ratelimit-reset': '2026-11-21T12:00Z' } }
    stage.answer(row.api.request.endpoint, now, limited)
    // At once for the first, and not within any wait for the second.
    expect((await walk.client.fetch(ref, row.api.path)).status).toBe(429)
    expect(stage.sent).toHaveLength(2)
  })
})
