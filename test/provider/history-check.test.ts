import { describe, expect, it } from 'vitest'
import { defineProvider } from '../../src/provider/define.ts'
import { acmeAt } from '../support/acme.ts'

function refusal(history: object): string {
  try {
    defineProvider(Object({ ...acmeAt('https://acme.example'), history }))
    return 'accepted'
  } catch (error) {
    return String(error).replace(/^.*definition_invalid - /, '')
  }
}

const list = { resource: '/items?a={since}', items: 'items' }
const cursor = { by: 'cursor', at: 'next', query: 'c' }

describe('a history', () => {
  it.each<[string, object]>([
    ['the least', { resource: '/items' }],
    ['a bound in a header', { resource: '/items', headers: { since: '{since}' }, timeFormat: 'date' }],
    [
      'a bound inside text of the body',
      { resource: '/i', json: { q: ['a {until} b'] }, timeFormat: 'unix-ms' },
    ],
    ['a position in the path', { resource: '/items/{position}', page: { by: 'number', size: 5 } }],
    ['a key with a dot', { ...list, page: { by: 'url', at: '[@odata.nextLink]' } }],
    ['braces of GraphQL', { resource: '/g', json: { query: 'query { items { id } }' } }],
  ])('%s', (_what, history) => {
    expect(refusal(history)).toBe('accepted')
  })

  it.each<[string, object, string]>([
    [
      'a format of no bound',
      { resource: '/items', timeFormat: 'date' },
      'history.timeFormat: there is no {since} and no {until}',
    ],
    [
      'a margin of no bound',
      { resource: '/items', margin: 14, time: { at: 'at' } },
      'history.margin: there is no {since} and no {until}',
    ],
    ['a margin without a time', { ...list, margin: 14 }, 'history.margin: without history.time'],
    ['days without a bound', { resource: '/items', maxDays: 7 }, 'history.maxDays: without {since}'],
    [
      'a mark without a list',
      { resource: '/items', emptyWith: 'count' },
      'history.emptyWith: without history.items',
    ],
    [
      'a cursor without a place',
      { ...list, page: { by: 'cursor', at: 'next' } },
      'history.page: by "cursor" needs query or json',
    ],
    [
      'an item without a place',
      { ...list, page: { by: 'last-item', at: 'id' } },
      'history.page: by "last-item" needs query or json',
    ],
    [
      'a number without a place',
      { ...list, page: { by: 'number', size: 5 } },
      'or {position} in the request',
    ],
    ['two places', { ...list, page: { ...cursor, json: 'c' } }, 'history.page: query and json'],
    [
      'another address with a query',
      { ...list, page: { ...cursor, resource: '/more' } },
      'history.page.resource: its only body is the cursor',
    ],
    [
      'a position that nothing counts',
      { resource: '/items?start={position}', page: cursor },
      'history: {position} needs history.page by "number" or "offset"',
    ],
    [
      'a placeholder that nothing fills',
      { resource: '/items?a={from}' },
      'history.resource: nothing is called "from"',
    ],
    ['an order without a time', { ...list, order: 'newest-first' }, 'history.order: unknown key'],
    ['another way of paging', { ...list, page: { by: 'cursors', at: 'next' } }, 'history.page'],
    [
      'a size where a cursor tells the end',
      { ...list, page: { ...cursor, size: 5 } },
      'history.page.size: unknown key',
    ],
    [
      'a place that is no place',
      { ...list, page: { by: 'cursor', at: 'next', json: 'a[0]' } },
      'names joined by dots',
    ],
    ['the old name', { ...list, sinceFormat: 'iso8601' }, 'history.sinceFormat: unknown key'],
  ])('%s is refused', (_what, history, words) => {
    expect(refusal(history)).toContain(words)
  })
})
