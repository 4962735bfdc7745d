import type { z as Zod } from 'zod'
import type { RequestSchemas } from './requests.ts'
import type { Words } from './words.ts'

/** What a backfill reads first: the request, its time bounds, where the items stand, and how to go on. */
export function createHistorySchema(
  zod: typeof Zod,
  { path, paths, stringMap, template }: Words,
  { signs }: Pick<RequestSchemas, 'signs'>,
) {
  const z = zod
  const goesInto = z.strictObject({
    query: z
      .string()
      .min(1)
      .optional()
      .describe('It goes into this query parameter (slack `cursor`, xero `page`).'),
    json: z
      .string()
      .regex(/^[\w-]+(?:\.[\w-]+)*$/, 'names joined by dots, such as "variables.after"')
      .optional()
      .describe('It goes to this place of the JSON body (notion `start_cursor`, linear `variables.after`).'),
  })
  const flags = z.strictObject({
    more: path
      .optional()
      .describe('While `true`, or a number above 0, stands there, more is to come (stripe `has_more`).'),
    done: path
      .optional()
      .describe('Once `true` stands there, nothing more is to come (zendesk `end_of_stream`).'),
  })
  const counted = flags.extend({
    size: z
      .number()
      .int()
      .positive()
      .optional()
      .describe('Items a page has as the request asks for them: a page with fewer is the last (xero).'),
  })
  const byPosition = goesInto.extend(counted.shape).extend({
    first: z
      .number()
      .int()
      .min(0)
      .optional()
      .describe('The first one; a page’s default is 1 (clickup: 0), an offset’s 0 (quickbooks: 1).'),
  })

  const page = z.discriminatedUnion('by', [
    goesInto.extend(flags.shape).extend({
      by: z.literal('cursor').describe('A value of the answer goes into the next request (slack).'),
      at: paths.describe(
        'Where it stands; absent or empty, there is no more (slack `response_metadata.next_cursor`).',
      ),
      resource: template
        .optional()
        .describe('Another path for all pages but the first, with the cursor as its only body (dropbox).'),
    }),
    flags.extend({
      by: z
        .literal('url')
        .describe('The answer has the next address, whole or as a path on the base (outlook).'),
      at: paths.describe('Where it stands; absent, there is no more (outlook `[@odata.nextLink]`).'),
    }),
    z.strictObject({
      by: z.literal('link').describe('The `Link` header has it, under `rel="next"` (RFC 8288; github).'),
    }),
    goesInto.extend(counted.shape).extend({
      by: z.literal('last-item').describe('A value of the last item goes into the next request (stripe).'),
      at: path.describe('Where it stands in an item (stripe `id`).'),
    }),
    byPosition.extend({
      by: z
        .literal('number')
        .describe('Pages have numbers. `{position}` of the request is the number, too (xero).'),
    }),
    byPosition.extend({
      by: z
        .literal('offset')
        .describe('Pages begin after so many items. `{position}` is where (quickbooks `startposition`).'),
    }),
  ])

  return z.strictObject({
    resource: template.describe(
      'A path on `api.baseUrl` with its query; `{since}` and `{until}` are the time bounds (stripe).',
    ),
    method: z.enum(['GET', 'POST']).optional().describe('Default `GET`, with a body `POST` (plaid).'),
    json: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('A JSON body, in which the bounds are filled too, also inside longer text (linear GraphQL).'),
    headers: stringMap
      .optional()
      .describe('Headers, in which the bounds are filled too (xero `If-Modified-Since`).'),
    timeFormat: z
      .enum(['iso8601', 'date', 'unix-seconds', 'unix-ms'])
      .optional()
      .describe(
        'How the bounds are written; default `iso8601`, in UTC and whole seconds (stripe: unix seconds).',
      ),
    margin: z
      .number()
      .int()
      .min(1)
      .max(48)
      .optional()
      .describe(
        'Hours by which the bounds are written wider, where the provider reads them in a zone of its own, by whole days, or leaves out what stands exactly on them; `time` drops what was too much (jira).',
      ),
    maxMonths: z
      .number()
      .int()
      .positive()
      .optional()
      .describe('The provider hands out no more than this (zoom).'),
    maxDays: z
      .number()
      .int()
      .positive()
      .optional()
      .describe('One call answers for no more days than this; a backfill asks window by window (zoom).'),
    items: paths
      .optional()
      .describe('Where the list stands (slack `channels`). Absent: the body is the list (github).'),
    emptyWith: path
      .optional()
      .describe(
        'Stands in an answer that has no items and leaves the list out; an empty path is any object (quickbooks `QueryResponse`).',
      ),
    notReady: signs
      .optional()
      .describe(
        '"Still collecting, ask again": an answer right after a connect (plaid `PRODUCT_NOT_READY`).',
      ),
    id: paths.optional().describe('In an item: what tells it from others; default `id` (xero `InvoiceID`).'),
    time: z
      .strictObject({
        at: paths.describe('Where it stands in an item (github `updated_at`).'),
        format: z
          .enum(['iso8601', 'date', 'unix-seconds', 'unix-ms', 'json-date'])
          .optional()
          .describe(
            'How it is written; default `iso8601`, in UTC where it names no zone. `json-date`: `/Date(1573755038314)/` (xero).',
          ),
        order: z
          .enum(['newest-first', 'oldest-first'])
          .optional()
          .describe('The provider promises this order: what is beyond the window is not read (notion).'),
      })
      .optional()
      .describe(
        'The time that the bounds speak of. Items outside the window are dropped (github). Absent: all of them count (slack).',
      ),
    total: path
      .optional()
      .describe('How many items this very query has in all (xero `pagination.itemCount`).'),
    page: page
      .optional()
      .describe('How to go on (every list that has pages). Absent: there is one answer (trello).'),
  })
}
