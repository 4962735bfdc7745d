import type { z as Zod } from 'zod'
import type { RequestSchemas } from './requests.ts'
import type { Words } from './words.ts'

/** What comes after the tokens: learning who was connected, calling the API, ending it. */
export function createApiSchemas(
  zod: typeof Zod,
  { httpsUrl, paths, pattern, stringMap, template, urlTemplate, words }: Words,
  { apiRequest, basicCredentials, capture, choose, credential, signs }: RequestSchemas,
) {
  const z = zod
  const revocation = z.strictObject({
    url: urlTemplate.describe('The revocation endpoint (RFC 7009 §2; google-calendar).'),
    method: z
      .enum(['POST', 'DELETE', 'GET'])
      .optional()
      .describe('Default `POST` (github, shopify: `DELETE`).'),
    body: z
      .enum(['form', 'json', 'query', 'none'])
      .optional()
      .describe('Default `form`. `none`: nothing but the credential is sent (slack, shopify).'),
    authentication: z
      .enum(['client_secret_basic', 'client_secret_post', 'none', 'access_token'])
      .describe('`access_token`: the token to be revoked is the credential (slack, shopify).'),
    basicCredentials: basicCredentials
      .optional()
      .describe('The halves of Basic, if not client id and secret, as they are (stripe).'),
    token: z
      .enum(['access_token', 'refresh_token', 'none'])
      .describe(
        'Which token goes. `refresh_token` falls back to the access token where there is none. `none`: the request names the account instead (stripe).',
      ),
    parameter: z.string().min(1).optional().describe('Default `token` (github: `access_token`).'),
    params: stringMap.optional().describe('Sent along (hubspot `token_type_hint`, stripe `stripe_user_id`).'),
    headers: stringMap.optional().describe('Fixed headers (github, notion).'),
    lookup: apiRequest
      .extend({ capture })
      .optional()
      .describe('Asked just before, for a value that the URL needs (zendesk: the id of the token).'),
    gone: signs
      .optional()
      .describe('"There was nothing left to revoke" (shopify 401, github 404, slack `token_revoked`).'),
    ends: z
      .enum(['token', 'grant', 'account'])
      .optional()
      .describe(
        'What one revocation ends. `token` (default): that token’s chain. `grant`: all of the user’s grant to this client, sibling connections included (google-drive). `account`: the installation, for everybody (intercom, shopify).',
      ),
    sharedWith: words
      .optional()
      .describe('Ids of the definitions that share this grant for one account (google-drive, gmail).'),
  })

  const discovery = z
    .array(
      apiRequest.extend({
        capture: capture.optional(),
        choose: choose
          .optional()
          .describe('One grant, several sites: all are kept, one is chosen, none is guessed (jira, xero).'),
        required: z
          .boolean()
          .optional()
          .describe('A connection without it is of no use: the connect fails (quickbooks, mailchimp).'),
      }),
    )
    .readonly()

  const identity = z.strictObject({
    request: apiRequest.optional().describe('Read from this request, else from the token response (github).'),
    id: z
      .union([paths, template])
      .describe('Path into that body; `{param}` takes a param (quickbooks `{realmId}`).'),
    name: z.union([paths, template]).optional().describe('The same for words for people (github `login`).'),
  })

  const api = z.strictObject({
    baseUrl: urlTemplate.describe('What a path given to `client.fetch` is put onto (every provider).'),
    credential: credential
      .optional()
      .describe('Default `Authorization: Bearer {accessToken}`. shopify, zoho-books, plaid have their own.'),
    headers: stringMap.optional().describe('Fixed headers of every call (notion `Notion-Version`).'),
    query: stringMap
      .optional()
      .describe('Added to every request that does not set it (zoho-books `organization_id`).'),
    hosts: z
      .array(
        z.union([
          urlTemplate,
          z.strictObject({
            pattern: pattern.describe('Of a whole origin (zoom: clusters that serve recordings).'),
          }),
        ]),
      )
      .readonly()
      .optional()
      .describe('Origins besides the base’s own that may be sent the token (slack files, zoom recordings).'),
    expired: signs
      .optional()
      .describe('What "the token has expired" looks like besides HTTP 401 (slack, in HTTP 200).'),
    notExpired: signs
      .optional()
      .describe('A 401 that no refresh cures, such as a missing scope (xero, clickup, zoho-crm).'),
    ended: signs
      .optional()
      .describe(
        'An API answer that means the grant is over: the user must reconnect (plaid `ITEM_LOGIN_REQUIRED`).',
      ),
    rateLimited: signs
      .optional()
      .describe('"Too many requests" under another status than 429 (github 403, shopify `THROTTLED`).'),
    rateLimitReset: z
      .strictObject({
        header: z.string().min(1).describe('Its name (github `x-ratelimit-reset`).'),
        unit: z
          .enum(['unix-seconds', 'unix-ms', 'seconds', 'ms', 'iso8601'])
          .describe('How the time is written (github: unix seconds; jira: ISO 8601).'),
      })
      .optional()
      .describe(
        'A header with the time of the next allowed request, where `Retry-After` is not the one (github).',
      ),
  })

  const lifecycle = z.strictObject({
    status: z
      .enum(['closing', 'closed', 'legacy', 'sunset'])
      .describe(
        '`closing`, `closed`: the integration itself (drift). `legacy`: another way replaces it (trello-oauth1). `sunset`: a version that this definition uses ends (linkedin).',
      ),
    since: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}$/, 'a date: YYYY-MM-DD')
      .describe('When it began, or for a `sunset` when it will (linkedin).'),
    source: httpsUrl.describe('Where the provider says so (drift).'),
    note: z.string().min(1).describe('What it means for a connection, in one sentence (drift).'),
  })

  return { api, discovery, identity, lifecycle, revocation }
}
