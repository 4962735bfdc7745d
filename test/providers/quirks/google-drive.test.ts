import { describe, expect, it } from 'vitest'
import { documented, json, ref, useStage } from '../flow-stage.ts'
import { begin } from '../flow-walk.ts'
import { row } from '../rows/google-drive.ts'

const stage = useStage()
const files = 'GET https://www.googleapis.com/drive/v3/files'

describe('google-drive', () => {
  it('waits out a rate limit that comes as a 403', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.sent.length = 0
    const limited = documented('google-drive', 'api-rate-limited')
    stage.answer(
      files,
      { ...limited, headers: { ...limited.headers, 'retry-after': '0' } },
      json({ files: [] }),
    )
    expect((await walk.client.fetch(ref, '/files')).status).toBe(200)
    expect(stage.sent).toHaveLength(2)
  })

  it('hands any other 403 back at once', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.sent.length = 0
    const forbidden = documented('google-drive', 'api-forbidden')
    stage.answer(files, { ...forbidden, headers: { ...forbidden.headers, 'retry-after': '0' } })
    expect((await walk.client.fetch(ref, '/files')).status).toBe(403)
    expect(stage.sent).toHaveLength(1)
  })

  it('has the account id of its siblings, and tells which those are', async () => {
    const { connection } = await begin(stage, row).connect()
    expect(connection.account?.id).toBe('10769150350006150715113082367')
    expect(row.definition.revocation).toMatchObject({
      ends: 'grant',
      sharedWith: ['gmail', 'google-calendar', 'google-chat', 'google-drive'],
    })
  })
})
