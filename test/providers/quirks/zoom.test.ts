import { describe, expect, it } from 'vitest'
import { failure } from '../../support/connected.ts'
import { documented, json, ref, useStage } from '../flow-stage.ts'
import { begin } from '../flow-walk.ts'
import { row } from '../rows/zoom.ts'

const stage = useStage()

describe('zoom', () => {
  it.each(['https://us02web.zoom.us', 'https://zoom.us', 'https://acme.zoom.us', 'https://us.file.zoom.us'])(
    'downloads a recording from %s with its token',
    async (origin) => {
      const walk = begin(stage, row)
      await walk.connect()
      stage.sent.length = 0
      stage.answer(`GET ${origin}/rec/download/Qg75t7xZBtEbAkjdlgbfdngBBBB`, json({ answer: 42 }))
      const response = await walk.client.fetch(ref, `${origin}/rec/download/Qg75t7xZBtEbAkjdlgbfdngBBBB`)
      expect(await response.json()).toEqual({ answer: 42 })
      expect(stage.sent[0]?.headers.authorization).toBe(`Bearer ${row.tokens.accessToken}`)
    },
  )

  it.each([
    'https://us02web.zoom.us.evil.example/rec/download/x',
    'https://evilzoom.us/rec/download/x',
    'https://zoom.us:8443/rec/download/x',
    'http://us02web.zoom.us/rec/download/x',
    'https://zoom.us@evil.example/rec/download/x',
  ])('sends no token to %s', async (url) => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.sent.length = 0
    expect((await failure(walk.client.fetch(ref, url))).code).toBe('host_not_allowed')
    expect(stage.sent).toEqual([])
  })

  it('does not refresh for a missing scope', async () => {
    const walk = begin(stage, row)
    await walk.connect()
    stage.sent.length = 0
    stage.answer(row.api.request.endpoint, documented('zoom', 'api-scope'))
    expect((await walk.client.fetch(ref, row.api.path)).status).toBe(documented('zoom', 'api-scope').status)
    expect(stage.sent).toHaveLength(1)
  })
})
