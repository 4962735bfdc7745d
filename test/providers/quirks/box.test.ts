import { describe, expect, it } from 'vitest'
import { failure } from '../../support/connected.ts'
import { json, openClient, ref, useStage } from '../flow-stage.ts'
import { begin } from '../flow-walk.ts'
import { row } from '../rows/box.ts'

const stage = useStage()

describe('box', () => {
  it.each([
    ['acme.account.box.com', 'https://acme.account.box.com/api/oauth2/authorize'],
    ['https://Acme.ent.box.com/', 'https://acme.ent.box.com/api/oauth2/authorize'],
    ['ent.box.com', 'https://ent.box.com/api/oauth2/authorize'],
  ])('begins at the sign-in host %s', async (accountHost, expected) => {
    const { url } = await begin(stage, row, { params: { accountHost } }).authorize()
    expect(url.split('?', 1)[0]).toBe(expected)
  })

  it.each([
    'box.com',
    'account.box.com.evil.example',
    'evil.example/account.box.com',
    'evilaccount.box.com',
    'account.box.com:444',
    'user@account.box.com',
    'a.b.account.box.com',
    'accountXbox.com',
  ])('begins at no such host: %s', async (accountHost) => {
    expect((await failure(begin(stage, row, { params: { accountHost } }).authorize())).code).toBe(
      'params_invalid',
    )
  })

  it('narrows to reading where a client says so, and leaves the console its say otherwise', async () => {
    const { client } = openClient(row.definition, {
      redirectUri: row.redirectUri,
      scopes: ['root_readonly'],
    })
    expect(new URL((await client.authorize(ref)).url).searchParams.get('scope')).toBe('root_readonly')
  })

  it('uploads with the token, and takes it along to no host of downloads', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.sent.length = 0
    stage.answer('OPTIONS https://upload.box.com/api/2.0/files/content', json({}))
    const url = 'https://upload.box.com/api/2.0/files/content'
    expect((await walk.client.fetch(ref, url, { method: 'OPTIONS' })).status).toBe(200)
    stage.answer('GET https://api.box.com/2.0/files/12345/content', {
      status: 302,
      headers: { location: 'https://dl.boxcloud.com/d/1/sample/download' },
      body: '',
    })
    const response = await walk.client.fetch(ref, '/files/12345/content')
    expect([response.status, response.headers.get('location')]).toEqual([
      302,
      'https://dl.boxcloud.com/d/1/sample/download',
    ])
    expect(stage.sent).toHaveLength(2)
  })
})
