import { describe, expect, it } from 'vitest'
import { documented, json, ref, useStage } from '../flow-stage.ts'
import { begin } from '../flow-walk.ts'
import { row } from '../rows/onedrive.ts'

const stage = useStage()

describe('onedrive', () => {
  it('connects an account that has no drive, and reports it', async () => {
    const walk = begin(stage, row)
    stage.answer(row.exchange.endpoint, documented('onedrive', 'token'))
    stage.answer('GET https://graph.microsoft.com/v1.0/me/drive', documented('onedrive', 'no-drive'))
    const { state } = await walk.authorize()
    const { connection } = await walk.client.callback(walk.returnTo(state))
    expect(connection).toMatchObject({
      status: 'active',
      params: { directoryId: '9122040d-6c67-4c5b-b112-36a304b66dad' },
    })
    expect(connection.params).not.toHaveProperty('driveId')
    expect(walk.reported.map(({ status }) => status)).toEqual([404])
  })

  it('connects a personal account, whose access token cannot be read', async () => {
    const token = documented('onedrive', 'token-personal')
    const learning = row.learning.map((request) => ({
      ...request,
      headers: { authorization: 'Bearer EwBwA8l6BAAUsample' },
    }))
    const { connection } = await begin(stage, { ...row, learning }, { token }).connect()
    expect(connection.account).toEqual({
      id: '00000000-0000-0000-66f3-3332eca7ea81',
      name: 'abe@outlook.com',
    })
    expect(connection.params.directoryId).toBe('9188040d-6c67-4c5b-b112-36a304b66dad')
  })

  it('hands back a redirect to content, whose host gets no token', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.sent.length = 0
    const location = 'https://contoso-my.sharepoint.com/personal/x/_layouts/15/download.aspx?tempauth=x'
    stage.answer('GET https://graph.microsoft.com/v1.0/me/drive/items/1/content', {
      status: 302,
      headers: { location },
      body: '',
    })
    const response = await walk.client.fetch(ref, '/me/drive/items/1/content')
    expect([response.status, response.headers.get('location')]).toEqual([302, location])
    expect(stage.sent).toHaveLength(1)
  })

  it('waits out a bandwidth limit', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.sent.length = 0
    const limited = documented('onedrive', 'api-bandwidth')
    stage.answer(
      'GET https://graph.microsoft.com/v1.0/me/drive/root/delta',
      { ...limited, headers: { ...limited.headers, 'retry-after': '0' } },
      json({ value: [] }),
    )
    expect((await walk.client.fetch(ref, '/me/drive/root/delta')).status).toBe(200)
    expect(stage.sent).toHaveLength(2)
  })

  it('follows the absolute links that Graph pages by', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.sent.length = 0
    stage.answer('GET https://graph.microsoft.com/v1.0/me/drive/root/delta', json({ value: [] }))
    const next = 'https://graph.microsoft.com/v1.0/me/drive/root/delta?token=1230919asd190410jlka'
    expect((await walk.client.fetch(ref, next)).status).toBe(200)
    expect(stage.sent[0]?.query).toEqual({ token: '1230919asd190410jlka' })
    expect(stage.sent[0]?.headers.authorization).toBe(
      'Bearer eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiIsIng1dCI6Ik5HVEZ2ZEstZnl0aEV1Q...',
    )
  })
})
