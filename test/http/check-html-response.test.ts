import { describe, expect, it } from 'vitest'
import { checkHtmlResponse } from '../../src/http/check-html-response.ts'

describe('checkHtmlResponse', () => {
  it('knows a page whatever its status and content type say, and leaves the response readable', async () => {
    const page = '<!doctype html><title>Sign in</title>'
    for (const status of [200, 404, 503]) {
      const response = new Response(page, { status, headers: { 'content-type': 'application/json' } })
      const check = await checkHtmlResponse(response)
      expect(check).toMatchObject({ isHtml: true, title: 'Sign in' })
      expect(check.message).toContain(String(status))
      expect(await response.text()).toBe(page)
    }
  })

  it('is not misled by a label', async () => {
    const response = new Response('{"a":1}', { headers: { 'content-type': 'text/html' } })
    expect(await checkHtmlResponse(response)).toEqual({ isHtml: false })
    expect(await checkHtmlResponse(new Response(null, { status: 204 }))).toEqual({ isHtml: false })
  })

  // A clone's cancellation waits for the original to be read: awaiting it hung for bodies above the limit.
  it('comes back for a body larger than it reads', async () => {
    const response = new Response(`<html>${'x'.repeat(2 * 1024 * 1024)}`)
    expect((await checkHtmlResponse(response)).isHtml).toBe(true)
    expect((await response.text()).length).toBeGreaterThan(2 * 1024 * 1024)
  })
})
