import type { z as Zod } from 'zod'
import type { RequestSchemas } from './requests.ts'
import type { Words } from './words.ts'

/** The parts of a definition that only OAuth 2.0 has, and those it shares with OAuth 1.0a. */
export function createOAuthSchemas(
  zod: typeof Zod,
  { name, path, paths, seconds, stringMap, urlTemplate, words }: Words,
  { capture, signs, tokenRequest }: RequestSchemas,
) {
  const z = zod
  const scopes = z.strictObject({
    separator: z
      .enum([' ', ','])
      .optional()
      .describe('Default a space (RFC 6749 §3.3). slack, linear: a comma.'),
    default: words.describe('Read access for a three-month backfill, least privilege (every provider).'),
    always: words
      .optional()
      .describe(
        'Joined to whatever a caller asks for: without it no refresh token comes (jira `offline_access`).',
      ),
    unless: name
      .optional()
      .describe(
        'A param: where it has a value, that fixes them and none are asked for (whatsapp `configId`).',
      ),
    optional: z
      .strictObject({
        parameter: z.string().min(1).describe('Its name (hubspot `optional_scope`).'),
        default: words.describe('Asked for, and silently dropped where the account lacks them (hubspot).'),
      })
      .optional()
      .describe('Scopes that do not stop a connect where they cannot be granted (hubspot).'),
  })

  const authorization = z.strictObject({
    url: urlTemplate.describe('The authorization endpoint (RFC 6749 §3.1; every OAuth provider).'),
    params: stringMap
      .optional()
      .describe(
        'Sent besides the standard’s own; one whose only placeholder has no value is left out (google-drive `access_type`, whatsapp `config_id`).',
      ),
    scopes: scopes.optional().describe('Absent: the provider has no scope parameter (notion).'),
    additionalScopes: z
      .record(
        name,
        z.strictObject({
          parameter: z.string().min(1).describe('Its name (slack `user_scope`).'),
          default: words.describe('What is asked for with it (slack: nothing unless a client says so).'),
        }),
      )
      .optional()
      .describe('A second scope parameter: the token of that name is asked for with it (slack).'),
    pkce: z
      .enum(['required', 'supported', 'unsupported'])
      .optional()
      .describe(
        'RFC 7636 S256. Default `supported`. `unsupported`: nothing is sent (notion). airtable: required.',
      ),
    sendResponseType: z.boolean().optional().describe('`false` omits `response_type` (shopify).'),
    issuer: z
      .strictObject({
        value: urlTemplate.describe('What `iss` must be (github).'),
        required: z
          .boolean()
          .optional()
          .describe('An answer without it is refused (github: not demanded, since older servers send none).'),
      })
      .optional()
      .describe('RFC 9207: compared when it arrives, demanded where `required` (google-drive, github).'),
    responseMode: z
      .enum(['query', 'form_post'])
      .optional()
      .describe(
        'Sent as `response_mode` where given. `form_post`: a cross-site POST, so the handler’s cookie needs `SameSite=None` (outlook: `query`).',
      ),
    stateMaxLength: z
      .number()
      .int()
      .min(128)
      .optional()
      .describe('Bytes of `state` the provider takes and gives back (dropbox 500, airtable 1024).'),
  })

  const callback = z.strictObject({
    capture: z
      .record(
        name,
        z.strictObject({
          parameter: z.string().min(1).describe('Its name in the query (quickbooks `realmId`).'),
          required: z.boolean().optional().describe('A callback without it is refused (quickbooks).'),
        }),
      )
      .optional()
      .describe(
        'Params by the query parameter they arrive in (quickbooks `realmId`, zoho-books `accounts-server`).',
      ),
    match: stringMap.optional().describe('Query parameters that must equal a value (shopify `shop`).'),
    error: z
      .strictObject({
        code: words.describe('Parameters that name a refusal besides `error` (whatsapp `error_code`).'),
        description: words.optional().describe('Parameters with its words (whatsapp `error_message`).'),
      })
      .optional()
      .describe('A refusal that comes without `error` (whatsapp).'),
    signature: z
      .strictObject({
        parameter: z.string().min(1).describe('Where it stands (shopify `hmac`).'),
        algorithm: z.enum(['hmac-sha256']).describe('Keyed with the client secret (shopify).'),
        encoding: z.enum(['hex', 'base64']).describe('How it is written (shopify: hex).'),
        exclude: z
          .array(z.string())
          .readonly()
          .optional()
          .describe('Left out of the signed text besides the signature itself (shopify `signature`).'),
        timestamp: z
          .strictObject({
            parameter: z.string().min(1).describe('Unix seconds (shopify `timestamp`).'),
            tolerance: seconds.describe('Seconds it may be away from now (shopify).'),
          })
          .optional()
          .describe('A signature that is too old is refused (shopify).'),
      })
      .optional()
      .describe('HMAC over the sorted query (shopify).'),
  })

  const tokenResponse = z.strictObject({
    fields: z
      .strictObject({
        accessToken: paths.optional().describe('Default `access_token` (intercom: also `token`).'),
        expiresIn: paths.optional().describe('Seconds; default `expires_in` (zoho-books `expires_in_sec`).'),
        expiresAt: z
          .strictObject({
            at: paths.describe('Where it stands (monday: `jwt(access_token).exp`).'),
            format: z
              .enum(['unix-seconds', 'unix-ms', 'iso8601'])
              .describe('How it is written (monday: unix seconds).'),
          })
          .optional()
          .describe('An end instead of a duration (monday).'),
        refreshTokenExpiresIn: paths
          .optional()
          .describe('Default `refresh_token_expires_in` (quickbooks `x_refresh_token_expires_in`).'),
        scope: paths.optional().describe('A string or a list; default `scope` (hubspot `scopes`).'),
      })
      .optional()
      .describe('Where the values stand, if not under RFC 6749’s own names (quickbooks, hubspot).'),
    formEncoded: z
      .boolean()
      .optional()
      .describe('The body may be form-encoded (github without `Accept: application/json`).'),
    error: z
      .strictObject({
        code: paths.optional().describe('Default `error` (hubspot `category`, plaid `error_code`).'),
        description: paths
          .optional()
          .describe('Default `error_description` (zoom `reason`, pipedrive `message`).'),
        status: z
          .number()
          .int()
          .optional()
          .describe('The status that failures come under, if not 400 or 401 (github, zoho-books: 200).'),
        when: z
          .record(path, z.union([z.string(), z.number(), z.boolean()]))
          .optional()
          .describe(
            'Body values that mean failure under HTTP 200 (slack `ok: false`). A missing token always does.',
          ),
      })
      .optional()
      .describe('Where the error stands (zoom, hubspot, slack).'),
    lifetime: z
      .union([seconds, z.literal(false)])
      .optional()
      .describe(
        'Seconds an access token usually lives, `false` where answers name no end (notion): for documentation and simulator. What counts is what an answer says.',
      ),
    defaultExpiresIn: seconds
      .optional()
      .describe(
        'Seconds an access token lives where the answer does not say; the client goes by it (stripe-app).',
      ),
    tokenName: name
      .optional()
      .describe('What the first token is called, where it has others beside it (slack `bot`).'),
    additionalTokens: z
      .record(name, z.strictObject({ at: path.describe('The object it stands in (slack `authed_user`).') }))
      .optional()
      .describe('A second token in the same answer, by name (slack `user`).'),
    capture: capture.optional(),
  })

  const refresh = tokenRequest.partial().extend({
    rotates: z
      .union([z.boolean(), z.literal('sometimes')])
      .describe(
        'Each refresh gives a new refresh token and ends the old one (linear). `sometimes`: store what comes (quickbooks).',
      ),
    dead: signs
      .optional()
      .describe(
        'Besides RFC 6749’s `invalid_grant`: what says that the grant is over, below a status of 500 (github, shopify).',
      ),
    transient: signs
      .optional()
      .describe(
        'A refusal that passes and is worth trying again, whatever it is called (zoho-books `Access Denied`).',
      ),
    conflict: signs
      .optional()
      .describe('"Somebody has just refreshed": the record is read again (airtable 409).'),
    lifetime: z
      .strictObject({
        idle: seconds
          .optional()
          .describe('Seconds without use; every refresh starts them anew (xero 60 days).'),
        absolute: seconds
          .optional()
          .describe('Seconds since the user connected; no refresh moves it (linkedin, jira 365 days).'),
      })
      .optional()
      .describe('How long a refresh token lives where the answer does not say (xero, linkedin).'),
    reuse: z
      .strictObject({
        grace: seconds
          .optional()
          .describe('Seconds in which a used refresh token is still taken (linear, xero).'),
        until: z
          .enum(['replacement-used'])
          .optional()
          .describe('The grace ends early, when the new refresh token is first used (shopify).'),
        late: z
          .enum(['refused', 'ends-grant'])
          .optional()
          .describe('What a later reuse costs; default `refused` (jira, salesforce: `ends-grant`).'),
      })
      .optional()
      .describe('What becomes of a refresh token that comes twice (shopify, jira).'),
    endsAccessToken: z
      .boolean()
      .optional()
      .describe('The old access token ends with the refresh, at once (gitlab, github, zendesk).'),
  })

  const longLived = tokenRequest.partial().extend({
    parameter: z
      .string()
      .min(1)
      .describe('The parameter that takes the first access token (whatsapp `fb_exchange_token`).'),
    below: seconds.describe(
      'Only a token that lives less than this is exchanged; one without an end is left alone (whatsapp).',
    ),
  })

  return { authorization, callback, longLived, refresh, scopes, token: tokenRequest, tokenResponse }
}

export type OAuthSchemas = ReturnType<typeof createOAuthSchemas>
