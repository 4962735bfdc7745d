import { describe, expect, it } from 'vitest'
import { plaid } from '../../../providers/plaid.ts'
import { historyOf } from '../../../src/sync/history/history-of.ts'
import stillCollecting from '../../fixtures/plaid/history-not-ready.json' with { type: 'json' }
import { failure } from '../../support/connected.ts'
import { fedClient, json, token, window } from './fed-client.ts'
import { type Answer, acme, all, error, paged, read } from './reading.ts'

describe('what the provider answers', () => {
  it('that is a page is html_response, that is cut off is malformed', async () => {
    const html = () => new Response('<html><title>Maintenance</title>', { status: 200 })
    expect(await error(acme(), html)).toMatchObject({ code: 'html_response', retryable: true })
    const cut = () => new Response('{"items":[{"id"')
    expect(await error(acme(), cut)).toMatchObject({ code: 'malformed_response' })
  })

  it('is limited under 429, or as the definition knows it, with the time to wait', async () => {
    const wait = { 'retry-after': '90' }
    const limited = { code: 'rate_limited', retryable: true, retryAfter: 90_000, provider: 'acme' }
    expect(await error(acme(), () => json({}, 429, wait))).toMatchObject(limited)
    const api = {
      ...acme().api,
      rateLimited: [{ status: 403, at: 'why', values: ['slow'] }],
      rateLimitReset: { header: 'x-reset', unit: 'seconds' },
    }
    const answer = () => json({ why: 'slow' }, 403, { 'x-reset': '90' })
    expect(await error(acme({}, { api }), answer)).toMatchObject(limited)
    expect(await error(acme({}, { api }), () => json({ why: 'no' }, 403))).toMatchObject({
      code: 'provider_error',
    })
  })

  it('inside HTTP 200 is an error where it says so', async () => {
    const watched = acme({}, { tokenResponse: { error: { when: { ok: false } } } })
    expect(await error(watched, () => json({ ok: false, error: 'missing_scope', items: [] }))).toMatchObject({
      code: 'provider_error',
      error: 'missing_scope',
    })
    const errors = [{ message: 'secret words', extensions: { code: 'THROTTLED' } }]
    const graphql = await error(acme(), () => json({ items: [], errors }))
    expect(graphql).toMatchObject({ code: 'provider_error', error: 'THROTTLED' })
    expect(graphql.message).not.toContain('secret')
    expect((await all(acme(), () => json({ items: [], errors: [] }))).pages).toHaveLength(1)
  })

  it('after a refused token is the provider’s error, without the token it may echo', async () => {
    const answer = () =>
      json({ error: 'invalid_token', error_description: `the token ${token} is over` }, 401)
    const refused = await error(acme(), answer)
    expect(refused).toMatchObject({ code: 'provider_error', status: 401, retryable: false })
    expect(refused.message).toContain('invalid_token')
    expect(refused.message).not.toContain(token)
  })

  it('that means the grant is over is reconnect_required', async () => {
    const api = { ...acme().api, ended: [{ status: 400, values: ['ITEM_LOGIN_REQUIRED'] }] }
    const answer = () => json({ error: 'ITEM_LOGIN_REQUIRED' }, 400)
    expect(await error(acme({}, { api }), answer)).toMatchObject({
      code: 'reconnect_required',
      retryable: false,
    })
  })

  it('can be long, and too long', async () => {
    const long = 'x'.repeat(3 * 1024 * 1024)
    expect((await all(acme(), () => json({ items: [long] }))).pages[0]?.items).toHaveLength(1)
    const endless = () => {
      const chunk = new Uint8Array(1024 * 1024).fill(32)
      return new Response(new ReadableStream({ pull: (controller) => controller.enqueue(chunk) }))
    }
    expect(await error(acme(), endless)).toMatchObject({ code: 'response_too_large' })
  })

  it('must not promise more without saying where', async () => {
    const definition = acme({ page: { by: 'cursor', at: 'next', more: 'more', query: 'cursor' } })
    expect(await error(definition, () => json({ items: [1], more: true }))).toMatchObject({
      code: 'malformed_response',
    })
    const last = acme({ page: { by: 'last-item', at: 'id', query: 'after' } })
    expect(await error(last, () => json({ items: [{}] }))).toMatchObject({ code: 'malformed_response' })
  })

  it('that it is not ready yet is to be asked again, after a while', async () => {
    const notReady = [{ status: 400, at: 'code', values: ['NOT_READY'] }]
    const answer = () => json({ code: 'NOT_READY' }, 400)
    expect(await error(acme({ notReady }), answer)).toMatchObject({
      code: 'provider_error',
      retryable: true,
      retryAfter: 30_000,
      hint: expect.stringContaining('still collecting'),
    })
    const wait = () => json({ code: 'NOT_READY' }, 400, { 'retry-after': '90' })
    expect(await error(acme({ notReady }), wait)).toMatchObject({ retryAfter: 90_000 })
    expect(await error(acme(), answer)).toMatchObject({ retryable: false })
    expect(await error(plaid, () => json(stillCollecting.body, 400))).toMatchObject({
      code: 'provider_error',
      retryable: true,
      provider: 'plaid',
    })
  })

  it('to a cursor of an earlier process that it no longer takes: the window is begun anew, once', async () => {
    const first = await all(acme(), paged)
    const cursor = first.pages[0]?.cursor
    for (const status of [400, 404, 410, 422]) {
      const expired: Answer = (request, index) =>
        index === 0 ? json({ error: 'cursor_expired' }, status) : paged(request, index - 1)
      const { pages, sent } = await all(acme(), expired, { cursor })
      expect(pages.flatMap(({ items }) => items)).toEqual([{ id: 0 }, { id: 1 }, { id: 2 }])
      expect(sent.map(({ url }) => url.includes('cursor='))).toEqual([true, false, true, true])
    }
    const never = () => json({ error: 'no' }, 400)
    const { reading, sent } = await read(acme(), never, { cursor })
    expect(await failure(reading)).toMatchObject({ code: 'provider_error', status: 400 })
    expect(sent).toHaveLength(2)
    // A limit, a refused token and a failing server say nothing of the cursor.
    for (const status of [401, 403, 429, 500]) {
      const other = await read(acme(), () => json({ error: 'no' }, status), { cursor })
      await failure(other.reading)
      expect(new Set(other.sent.map(({ url }) => url)).size).toBe(1)
    }
    // Nor is anything begun anew in the middle of a reading.
    const middle: Answer = (request, index) =>
      index === 1 ? json({ error: 'no' }, 400) : paged(request, index)
    await expect((await read(acme(), middle)).reading).rejects.toMatchObject({ code: 'provider_error' })
  })

  it('keeps every digit of a number: a cursor and an id may be larger than JavaScript counts', async () => {
    const text = (next: string) =>
      `{"items":[{"id":9007199254740993,"name":"12345678901234567890 \\" 1"},{"id":12.5}],"next":${next}}`
    const { pages, sent } = await all(
      acme(),
      (_request, index) => new Response(text(index === 0 ? '1152922976252290886' : 'null')),
    )
    expect(sent[1]?.url).toContain('cursor=1152922976252290886')
    expect(pages[0]?.items).toEqual([
      { id: '9007199254740993', name: '12345678901234567890 " 1' },
      { id: 12.5 },
    ])
  })

  it('must move on: the same cursor again, an earlier one, or the same page under another number, is an error', async () => {
    const same: Answer = () => json({ items: [1], next: 'a' })
    const circle: Answer = (_request, index) => json({ items: [1], next: 'abc'[index % 3] })
    for (const [answer, requests] of [
      [same, 2],
      [circle, 4],
    ] as const) {
      const { reading, sent } = await read(acme(), answer)
      expect(await failure(reading)).toMatchObject({ code: 'malformed_response' })
      expect(sent).toHaveLength(requests)
    }
    for (const by of ['number', 'offset'] as const) {
      const definition = acme({ page: { by, query: 'page' } })
      expect(await error(definition, () => json({ items: [1, 2] }))).toMatchObject({
        code: 'malformed_response',
      })
    }
  })
})

describe('an abort', () => {
  it('ends the reading between two pages', async () => {
    const ending = new AbortController()
    const fed = await fedClient(acme(), paged)
    const seen: unknown[] = []
    const reading = (async () => {
      for await (const page of historyOf(acme()).pages(window, { ...fed.context, signal: ending.signal })) {
        seen.push(page)
        ending.abort(new Error('paused'))
      }
    })()
    await expect(reading).rejects.toThrow('paused')
    expect([seen.length, fed.sent.length]).toEqual([1, 1])
  })

  it.each(['head', 'body'])('ends the request under way, in its %s', async (part) => {
    const ending = new AbortController()
    const stuck: Answer = () => {
      queueMicrotask(() => ending.abort(new Error('cancelled')))
      if (part === 'body')
        return new Response(new ReadableStream({ start: (it) => it.enqueue(new Uint8Array([91])) }))
      return new Promise((_resolve, reject) => {
        ending.signal.addEventListener('abort', () => reject(ending.signal.reason))
      })
    }
    const { reading } = await read(acme(), stuck, { signal: ending.signal })
    await expect(reading).rejects.toThrow('cancelled')
  })
})
