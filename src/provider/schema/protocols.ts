import type { z as Zod } from 'zod'
import type { OAuthSchemas } from './oauth2.ts'
import type { RequestSchemas } from './requests.ts'
import type { Words } from './words.ts'

/** What each of the four protocols adds to a definition. */
export function createProtocolSchemas(
  zod: typeof Zod,
  { name, path, paths, pattern, seconds, stringMap, urlTemplate }: Words,
  { tokenRequest }: RequestSchemas,
  oauth: OAuthSchemas,
) {
  const z = zod
  const oauth2 = {
    protocol: z.literal('oauth2').describe('RFC 6749, authorization code grant (most providers).'),
    authorization: oauth.authorization.describe('Where the user is sent (every OAuth 2.0 provider).'),
    callback: oauth.callback
      .optional()
      .describe('What the redirect brings besides code and state (quickbooks).'),
    token: tokenRequest
      .extend({
        codeLifetime: seconds.optional().describe('Seconds a code lives (figma 30, zendesk 120).'),
      })
      .describe('The code exchange (RFC 6749 §4.1.3; every OAuth 2.0 provider).'),
    tokenResponse: oauth.tokenResponse.optional().describe('How its answer is read (slack, hubspot).'),
    longLived: oauth.longLived
      .optional()
      .describe('A second exchange right after the first, for a token that lives longer (whatsapp).'),
    refresh: z
      .union([z.literal(false), oauth.refresh])
      .describe(
        '`false`: no refresh tokens exist (clickup). Fields not given are those of `token` (linear).',
      ),
  }

  const endpoint = z.strictObject({
    url: urlTemplate.describe('Where it is; asked with POST (RFC 5849 §2.1; trello-oauth1).'),
  })
  const oauth1 = {
    protocol: z.literal('oauth1').describe('RFC 5849 (trello-oauth1).'),
    signatureMethod: z.enum(['HMAC-SHA1']).describe('RFC 5849 §3.4.2 (trello-oauth1).'),
    requestToken: endpoint.describe('Temporary credentials (RFC 5849 §2.1; trello-oauth1).'),
    authorization: z
      .strictObject({
        url: urlTemplate.describe('Resource owner authorization (RFC 5849 §2.2; trello-oauth1).'),
        params: stringMap.optional().describe('Sent along (trello-oauth1 `expiration=never`).'),
        scopes: oauth.scopes
          .omit({ optional: true })
          .optional()
          .describe('Where scopes are asked for (trello-oauth1).'),
      })
      .describe('Where the user is sent (trello-oauth1).'),
    accessToken: endpoint.describe('Token credentials (RFC 5849 §2.3; trello-oauth1).'),
    tokenResponse: oauth.tokenResponse
      .optional()
      .describe('How the answer with the token is read; it is form-encoded (trello-oauth1).'),
  }

  const linkRequest = z.strictObject({
    url: urlTemplate.describe('Where to ask (plaid).'),
    json: z
      .record(z.string(), z.unknown())
      .describe('The body; a string that is one placeholder is filled, or left out with its name (plaid).'),
  })
  const plaidLink = {
    protocol: z.literal('plaid-link').describe('Plaid Link, hosted by the provider (plaid).'),
    link: z
      .strictObject({
        create: linkRequest.describe(
          'Makes a link token; `{userId}`, `{scopes}` and `{completionUri}` are values (plaid).',
        ),
        update: linkRequest.describe('The same for a connection to be mended, with `{accessToken}` (plaid).'),
        token: path.describe('The link token in that answer (plaid `link_token`).'),
        url: path.describe('Where the browser goes (plaid `hosted_link_url`).'),
        session: linkRequest.describe('Asked on the way back, with `{linkToken}` (plaid `/link/token/get`).'),
        publicToken: paths.describe('The public token in that answer (plaid).'),
        finished: paths.describe(
          'Stands there once the user is through with the page (plaid `finished_at`); with several paths, each belongs to the `exit.at` of the same place.',
        ),
        exit: z
          .strictObject({
            at: paths.describe('Stands there where the user left without an end (plaid `exit`).'),
            code: paths.describe('Why (plaid `exit.error.error_code`).'),
            description: paths.optional().describe('The same in words (plaid `error_message`).'),
          })
          .describe('How that answer tells a refusal (plaid).'),
        scopes: oauth.scopes
          .pick({ default: true })
          .describe('What is asked for: products (plaid `transactions`).'),
      })
      .describe('The link token and the hosted page (plaid).'),
    token: linkRequest.describe('Exchanges `{publicToken}` (plaid `/item/public_token/exchange`).'),
    tokenResponse: oauth.tokenResponse.optional().describe('How its answer is read (plaid).'),
  }

  const apiKey = {
    protocol: z.literal('api-key').describe('A key that the user copies from the provider (freshdesk).'),
    credentials: z
      .record(
        name,
        z.strictObject({
          description: z.string().min(1).describe('Where the user finds it (freshdesk).'),
          pattern: pattern.describe('Matched against the whole key before anything is sent (freshdesk).'),
          example: z.string().describe('One that matches, and is nobody’s (freshdesk).'),
        }),
      )
      .refine((all) => Object.keys(all).length === 1, 'exactly one secret: what is no secret is a param')
      .describe('The secret `connect` takes, by name (freshdesk `apiKey`).'),
    tokenResponse: oauth.tokenResponse
      .optional()
      .describe('Where the API’s error stands (freshdesk `code`, `message`).'),
  }
  return { oauth2, oauth1, plaidLink, apiKey }
}
