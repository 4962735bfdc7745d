import type { z as Zod } from 'zod'
import type { Words } from './words.ts'

/** The requests a definition describes, and how their answers are recognised. */
export function createRequestSchemas(
  zod: typeof Zod,
  { extract, name, paths, stringMap, template, urlTemplate }: Words,
) {
  const z = zod
  const basicCredentials = z.strictObject({
    username: template.describe('The half before the colon (stripe-app: `{clientSecret}`).'),
    password: z.string().describe('The half after it, often empty or a filler (freshdesk: `X`).'),
  })

  const tokenRequest = z.strictObject({
    url: urlTemplate.describe('The token endpoint (RFC 6749 §3.2; every OAuth 2.0 provider).'),
    method: z.enum(['POST', 'GET']).optional().describe('Default `POST` (whatsapp documents `GET`).'),
    body: z
      .enum(['form', 'json', 'query'])
      .optional()
      .describe('Default `form` (RFC 6749 §4.1.3). notion: `json`. whatsapp: `query`.'),
    authentication: z
      .enum(['client_secret_basic', 'client_secret_post', 'none'])
      .describe(
        'RFC 6749 §2.3. One style only: two at once is an error at strict servers (notion: basic; hubspot: post).',
      ),
    basicCredentials: basicCredentials
      .optional()
      .describe('The halves of Basic, if not client id and secret, as they are (stripe-app).'),
    headers: stringMap.optional().describe('Fixed headers (github `Accept`, notion `Notion-Version`).'),
    params: stringMap
      .optional()
      .describe(
        'Sent besides the standard’s own; one whose only placeholder has no value is left out (shopify `expiring=1`, zendesk `scope={scope}`).',
      ),
    sendRedirectUri: z
      .boolean()
      .optional()
      .describe(
        'Default true. shopify documents an exchange without it. Refresh: default false (gitlab: true).',
      ),
    sendGrantType: z
      .boolean()
      .optional()
      .describe('Default true. shopify, clickup: the exchange documents no `grant_type`.'),
  })

  const sign = z
    .strictObject({
      status: z.number().int().optional().describe('The HTTP status (shopify 401, jira 403).'),
      at: paths
        .optional()
        .describe('Where to look; without it, the provider’s error code (hubspot `status`).'),
      values: z
        .array(z.string().min(1))
        .min(1)
        .readonly()
        .optional()
        .describe('One of these stands there (slack `token_expired`).'),
      contains: z
        .string()
        .min(1)
        .optional()
        .describe(
          'These words stand there; without `at`, in the error’s description (zoom "Invalid Token!").',
        ),
      header: z
        .strictObject({
          name: z.string().min(1).describe('Its name (github `x-ratelimit-remaining`).'),
          value: z.string().describe('Its whole value (github `0`).'),
        })
        .optional()
        .describe('A header that says so (github).'),
    })
    .refine(
      (each) => each.status !== undefined || each.values || each.contains || each.header,
      'a status, values, words or a header to look for',
    )

  const credential = z.union([
    z.strictObject({
      header: z.string().min(1).describe('The header that carries it (shopify `X-Shopify-Access-Token`).'),
      value: template.describe(
        'With `{accessToken}`, `{clientId}` or `{clientSecret}` (zoho-books, mailchimp).',
      ),
    }),
    z.strictObject({
      basic: basicCredentials.describe(
        'HTTP Basic with these halves, as they are (freshdesk `{accessToken}:X`).',
      ),
    }),
    z.strictObject({
      json: z.string().min(1).describe('The token goes into every JSON body under this name (plaid).'),
      headers: stringMap
        .optional()
        .describe('What goes along, such as the client’s own credentials (plaid).'),
    }),
  ])

  const apiRequest = z.strictObject({
    url: urlTemplate.describe('Where to ask (zoom `users/me`).'),
    method: z
      .enum(['GET', 'POST'])
      .optional()
      .describe('Default `GET`, with a body `POST` (dropbox: POST without a body).'),
    headers: stringMap.optional().describe('Besides those of the API (mailchimp `Accept`).'),
    json: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('A JSON body (shopify GraphQL). A string that is one placeholder is filled (drift).'),
    form: stringMap.optional().describe('A form body, filled like a header (hubspot introspection).'),
    credential: z
      .union([z.literal(false), credential])
      .optional()
      .describe('Another credential than the API’s (mailchimp), or none (hubspot introspection).'),
  })

  const capture = z
    .record(
      name,
      z.union([
        paths,
        z.strictObject({
          at: paths.describe('Where the longer value stands (salesforce `id`).'),
          extract: extract.describe('Its one group is the param (salesforce: the organisation of a URL).'),
        }),
      ]),
    )
    .describe('Params by the path they are read from (zoom `api_url`, hubspot `hub_id`, salesforce `id`).')

  const choose = z.strictObject({
    param: name.describe('What is chosen: a param from `user` and `discovery` (jira `cloudId`).'),
    list: paths.describe('Where the list stands; an empty path is the body itself (xero).'),
    id: paths.describe('In each entry: the value of the param (jira `id`, xero `tenantId`).'),
    name: paths.optional().describe('In each entry: words for people (jira `name`).'),
    where: z
      .strictObject({
        at: paths.describe('Where to look in the entry; a list counts by any of its values (jira `scopes`).'),
        equals: template.optional().describe('It is this value (xero: of this very authorization).'),
        contains: z.string().min(1).optional().describe('It holds these words (jira: scopes of Jira).'),
      })
      .optional()
      .describe(
        'Only these entries count. With `equals`, all do where none does, since what they are compared with may be unknown (xero).',
      ),
  })

  return {
    apiRequest,
    basicCredentials,
    capture,
    choose,
    credential,
    signs: z.array(sign).min(1).readonly(),
    tokenRequest,
  }
}

export type RequestSchemas = ReturnType<typeof createRequestSchemas>
