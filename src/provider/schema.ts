import type { z as Zod } from 'zod'

/**
 * The schema of a provider definition: everything that can be said about an integration, as data.
 *
 * zod arrives as an argument (not called `z`, which a declaration file would take for the type), because importing it costs more than the rest of the core together (DESIGN §10):
 * built-in definitions are proven by a test, and only `defineProvider` validates at run time.
 * Behind each field stands one integration that needs it.
 */
export function createProviderSchema(zod: typeof Zod) {
  const z = zod
  const id = z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'lower-case words joined by "-"')
  const httpsUrl = z.string().regex(/^https?:\/\/[^\s{}]+$/, 'an absolute URL')
  /** A string with `{name}` placeholders for params, derived values and, where stated, flow values. */
  const template = z.string().min(1)
  const urlTemplate = z
    .string()
    .regex(/^(?:https?:\/\/|\{[A-Za-z][A-Za-z0-9]*\})/, 'a URL that begins with https:// or a {placeholder}')
  const pattern = z
    .string()
    .refine(isAnchored, 'anchored: begins with ^ and ends with $, around all alternatives')
    .refine(isRegularExpression, 'a valid regular expression')
  /** `a.b[0].c`, or `list[is_default=true].id`: where a value stands in a JSON body. */
  const path = z
    .string()
    .regex(/^[\w$@.-]*(?:\[[^\]]+\][\w$@.-]*)*$/, 'a path such as "team.id" or "items[0].name"')
  const paths = z.union([path, z.array(path).min(1).readonly()])
  const name = z.string().regex(/^[A-Za-z][A-Za-z0-9]*$/, 'a camelCase name')
  const stringMap = z.record(z.string(), template)
  const seconds = z.number().int().positive()

  const param = z.strictObject({
    /** What it is, in words a user can follow. */
    description: z.string().min(1),
    /** Matched against the whole value before it reaches a URL (§8). */
    pattern,
    /** One value that matches. */
    example: z.string(),
    /** `user` (default): given to `authorize`; the others are captured on the way (quickbooks, zoho, zoom). */
    from: z.enum(['user', 'callback', 'token', 'discovery']).optional(),
    /** Only with `from: 'user'`: no flow begins without it (shopify `shop`). */
    required: z.boolean().optional(),
    /** Used where nothing was given; may hold placeholders (zoho: the accounts server of the chosen location). */
    default: template.optional(),
    /** Only `options.params` may set it, never a tenant: it decides where secrets are sent (gitlab `host`). */
    trusted: z.boolean().optional(),
    /**
     * How it is placed into a URL. `text` (default): percent-encoded. `host`: a host with optional port and path,
     * as it is (gitlab). `url`: a whole origin, as it is (zoho `accountsServer`, zoom `apiUrl`).
     */
    format: z.enum(['text', 'host', 'url']).optional(),
    /** Lower-cased, and freed of these ends, before the pattern is applied (shopify: a pasted shop URL). */
    normalize: z
      .strictObject({
        lowercase: z.boolean().optional(),
        stripPrefixes: z.array(z.string().min(1)).readonly().optional(),
        stripSuffixes: z.array(z.string().min(1)).readonly().optional(),
      })
      .optional(),
  })

  const derived = z.strictObject({
    /** The param that decides. */
    from: name,
    /** The first case whose pattern matches gives the value (quickbooks sandbox, zoho locations, github hosts). */
    cases: z
      .array(z.strictObject({ when: pattern, value: template }))
      .min(1)
      .readonly(),
  })

  const clientAuthentication = z.enum(['client_secret_basic', 'client_secret_post', 'none'])
  const bodyFormat = z.enum(['form', 'json', 'query'])

  const tokenRequest = z.strictObject({
    url: urlTemplate,
    method: z.enum(['POST', 'GET']).optional(),
    /** Default `form` (RFC 6749 §4.1.3). notion: `json`. */
    body: bodyFormat.optional(),
    /** RFC 6749 §2.3. One style only: two styles at once is an error at strict servers. */
    authentication: clientAuthentication,
    headers: stringMap.optional(),
    /** Sent besides the standard's own (shopify `expiring=1`). */
    params: stringMap.optional(),
    /** Default true. shopify documents an exchange without it. */
    sendRedirectUri: z.boolean().optional(),
    /** Default true. shopify, github: the exchange documents no `grant_type`. */
    sendGrantType: z.boolean().optional(),
  })

  const tokenFields = z.strictObject({
    accessToken: paths.optional(),
    refreshToken: paths.optional(),
    expiresIn: paths.optional(),
    /** quickbooks `x_refresh_token_expires_in`, github and shopify `refresh_token_expires_in`. */
    refreshTokenExpiresIn: paths.optional(),
    /** hubspot `scopes` (an array). */
    scope: paths.optional(),
    tokenType: paths.optional(),
  })

  const tokenResponse = z.strictObject({
    /** Where the values stand, if not under RFC 6749's own names. */
    fields: tokenFields.optional(),
    /** The body may be form-encoded (github without `Accept: application/json`). */
    formEncoded: z.boolean().optional(),
    /** Where the error stands, if not in `error` and `error_description` (zoom `reason`, hubspot `status`). */
    error: z
      .strictObject({
        code: paths.optional(),
        description: paths.optional(),
        /** The status that failures come under, if not 400 or 401 (github and zoho: 200). */
        status: z.number().int().optional(),
        /** Body values that mean failure under HTTP 200 (slack `ok: false`). A missing token always does. */
        when: z.record(path, z.union([z.string(), z.number(), z.boolean()])).optional(),
      })
      .optional(),
    /**
     * Seconds an access token usually lives, `false` where answers name no end (notion): for the documentation and the
     * simulator. What counts is what an answer says.
     */
    lifetime: z.union([seconds, z.literal(false)]).optional(),
    /** Seconds an access token lives where the answer does not say; the client goes by it. */
    defaultExpiresIn: seconds.optional(),
    /** A second token in the same answer, by name, with the object it stands in (slack `user` in `authed_user`). */
    additionalTokens: z.record(name, z.strictObject({ at: path })).optional(),
    /** Params read from the answer (zoom `api_url`, hubspot `hub_id`, zoho `api_domain`). */
    capture: z.record(name, paths).optional(),
  })

  /** How an answer is recognised: everything a sign names must hold. */
  const sign = z
    .strictObject({
      status: z.number().int().optional(),
      /** Where to look; without it, the provider's error code (slack `error`, hubspot `status`). */
      at: paths.optional(),
      /** One of these stands there. */
      values: z.array(z.string().min(1)).min(1).readonly().optional(),
      /** These words stand there; without `at`, in the error's description (zoom "Invalid Token!"). */
      contains: z.string().min(1).optional(),
    })
    .refine(
      (each) => each.status !== undefined || each.values || each.contains,
      'a status, values or words to look for',
    )
  const signs = z.array(sign).min(1).readonly()

  const apiRequest = {
    url: urlTemplate,
    method: z.enum(['GET', 'POST']).optional(),
    headers: stringMap.optional(),
    /** A JSON body (shopify GraphQL). */
    json: z.record(z.string(), z.unknown()).optional(),
  }

  return z.strictObject({
    /** JSON files may name their schema. */
    $schema: z.string().optional(),
    id,
    /** The words in messages and on pages. */
    name: z.string().min(1).max(60),
    category: z.enum([
      'accounting',
      'automation',
      'calendar',
      'communication',
      'crm',
      'design',
      'dev-tools',
      'e-commerce',
      'email',
      'finance',
      'knowledge-base',
      'marketing',
      'payments',
      'project-management',
      'storage',
      'support',
    ]),
    aliases: z.array(z.string().min(1)).readonly().optional(),
    /** The provider's own pages. */
    docs: z.array(httpsUrl).min(1).readonly(),
    /** When the facts were last checked. */
    checked: z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a date: YYYY-MM-DD'),
    protocol: z.enum(['oauth2']),
    /** What a connection needs or learns beyond tokens. */
    params: z.record(name, param).optional(),
    /** Values that follow from a param. */
    derived: z.record(name, derived).optional(),

    authorization: z.strictObject({
      url: urlTemplate,
      params: stringMap.optional(),
      /** Absent: the provider has no scope parameter (notion). */
      scopes: z
        .strictObject({
          /** Default `scope`. slack's user token asks in `user_scope`. */
          parameter: z.string().min(1).optional(),
          separator: z.enum([' ', ',']).optional(),
          default: z.array(z.string().min(1)).readonly(),
        })
        .optional(),
      /** A second scope parameter with fixed content: the token of that name is asked for with it (slack). */
      additionalScopes: z
        .record(
          name,
          z.strictObject({ parameter: z.string().min(1), default: z.array(z.string().min(1)).readonly() }),
        )
        .optional(),
      /** RFC 7636 S256. Default `supported`. `unsupported`: nothing is sent. */
      pkce: z.enum(['required', 'supported', 'unsupported']).optional(),
      /** `false` omits `response_type` (shopify). */
      sendResponseType: z.boolean().optional(),
      /** RFC 9207: compared when it arrives, demanded where `required`. */
      issuer: z.strictObject({ value: urlTemplate, required: z.boolean().optional() }).optional(),
      /** `form_post`: the answer is a cross-site POST, so the handler's cookie needs `SameSite=None`. */
      responseMode: z.enum(['query', 'form_post']).optional(),
      /** Bytes of `state` the provider takes and gives back. */
      stateMaxLength: z.number().int().min(128).optional(),
    }),

    callback: z
      .strictObject({
        /** Params by the query parameter they arrive in (quickbooks `realmId`, zoho `accounts-server`). */
        capture: z
          .record(name, z.strictObject({ parameter: z.string().min(1), required: z.boolean().optional() }))
          .optional(),
        /** Query parameters that must equal a value (shopify `shop`). */
        match: stringMap.optional(),
        /** HMAC over the sorted query with the client secret (shopify). */
        signature: z
          .strictObject({
            parameter: z.string().min(1),
            algorithm: z.enum(['hmac-sha256']),
            encoding: z.enum(['hex', 'base64']),
            /** Left out of the signed text besides the signature itself. */
            exclude: z.array(z.string()).readonly().optional(),
            /** Refuse a signature whose timestamp (unix seconds) is further away than this. */
            timestamp: z.strictObject({ parameter: z.string().min(1), tolerance: seconds }).optional(),
          })
          .optional(),
      })
      .optional(),

    token: tokenRequest,
    tokenResponse: tokenResponse.optional(),

    /** `false`: no refresh tokens exist. Fields not given are those of `token`. */
    refresh: z.union([
      z.literal(false),
      tokenRequest.partial().extend({
        /** Each refresh gives a new refresh token and ends the old one. `sometimes`: store what comes (quickbooks). */
        rotates: z.union([z.boolean(), z.literal('sometimes')]),
        /** Besides RFC 6749's `invalid_grant`: what says that the grant is over, below a status of 500 (§3). */
        dead: signs.optional(),
        /** Seconds a refresh token lives where the answer does not say (zoom). */
        refreshTokenLifetime: seconds.optional(),
        /** Seconds in which a used refresh token is still taken (shopify). */
        reuseGrace: seconds.optional(),
      }),
    ]),

    /** Absent: the provider has no way. RFC 7009 where it follows one. */
    revocation: z
      .strictObject({
        url: urlTemplate,
        method: z.enum(['POST', 'DELETE']).optional(),
        /** `none`: nothing but the credential is sent (slack, shopify). */
        body: z.enum(['form', 'json', 'query', 'none']).optional(),
        /** `access_token`: the token to be revoked is the credential (slack, shopify). */
        authentication: z.enum(['client_secret_basic', 'client_secret_post', 'none', 'access_token']),
        /** Which token goes. `refresh_token` falls back to the access token where there is none. */
        token: z.enum(['access_token', 'refresh_token']),
        /** Default `token` (github: `access_token`). */
        parameter: z.string().min(1).optional(),
        params: stringMap.optional(),
        headers: stringMap.optional(),
        /** "There was nothing left to revoke" (shopify 401, github 404, slack `token_revoked` in HTTP 200). */
        gone: signs.optional(),
      })
      .optional(),

    /** Requests after connect that learn what the connection needs (zoho organisation, quickbooks company name). */
    discovery: z
      .array(
        z.strictObject({
          ...apiRequest,
          capture: z.record(name, paths),
          /** A connection without it is of no use: the connect fails. */
          required: z.boolean().optional(),
        }),
      )
      .readonly()
      .optional(),

    /** Who was connected, in the provider's own words: the same id means the same account. */
    identity: z.strictObject({
      /** Read from this request, else from the token response. */
      request: z.strictObject(apiRequest).optional(),
      /** Paths into that body; `{param}` takes a param (quickbooks `{realmId}`). */
      id: z.union([paths, template]),
      name: z.union([paths, template]).optional(),
    }),

    api: z.strictObject({
      baseUrl: urlTemplate,
      /** Default `Authorization: Bearer {accessToken}`. shopify and zoho have their own. */
      credential: z.strictObject({ header: z.string().min(1), value: template }).optional(),
      headers: stringMap.optional(),
      /** Added to every request that does not set it (zoho `organization_id`). */
      query: stringMap.optional(),
      /** Origins besides the base's own that may be sent the token. */
      hosts: z.array(urlTemplate).readonly().optional(),
      /** What "the token has expired" looks like besides HTTP 401 (slack, in HTTP 200). */
      expired: signs.optional(),
      /** A header with the time of the next allowed request, where `Retry-After` is not the one (github). */
      rateLimitReset: z
        .strictObject({
          header: z.string().min(1),
          unit: z.enum(['unix-seconds', 'unix-ms', 'seconds', 'ms']),
        })
        .optional(),
    }),

    /** What a historical sync reads first. */
    history: z
      .strictObject({
        /** A path on `api.baseUrl` with its query; `{since}` is where the time bound goes. */
        resource: template,
        method: z.enum(['GET', 'POST']).optional(),
        /** A JSON body, in which `{since}` is filled too (notion's search, GraphQL). */
        json: z.record(z.string(), z.unknown()).optional(),
        /** How `{since}` is written. Absent: the resource has no time bound. */
        sinceFormat: z.enum(['iso8601', 'date', 'unix-seconds', 'unix-ms']).optional(),
        /** The provider hands out no more than this. */
        maxMonths: z.number().int().positive().optional(),
      })
      .optional(),
  })
}

/** `^a|b$` is anchored at one end each, and `^a\\$` ends with a dollar sign. */
function isAnchored(source: string): boolean {
  if (!source.startsWith('^') || !/(?:^|[^\\])(?:\\\\)*\$$/.test(source)) return false
  const plain = source.replace(/\\./g, '').replace(/\[[^\]]*\]/g, '')
  let depth = 0
  for (const character of plain) {
    if (character === '(') depth += 1
    else if (character === ')') depth -= 1
    else if (character === '|' && depth === 0) return false
  }
  return true
}

function isRegularExpression(source: string): boolean {
  try {
    new RegExp(source)
    return true
  } catch {
    return false
  }
}
