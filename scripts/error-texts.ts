import type { OAuthErrorCode } from '../src/errors/codes.ts'

/** What docs/errors.md says of a code besides its hint. A code without one does not compile. */
export interface ErrorText {
  readonly group: ErrorGroup
  readonly means: string
  /** Calls and steps that it comes from. */
  readonly from: string
  /** For whoever looks after the application. */
  readonly whatToDo: readonly string[]
  /** `retryable`, and why. */
  readonly retryable: string
  /** Properties that are there besides those of every error. */
  readonly carries?: string
  /** The message is made of these, as `OAuthError` makes it. `words` stand in `file`, where it is thrown. */
  readonly example: {
    readonly provider?: string
    readonly error?: string
    readonly errorDescription?: string
    readonly detail?: string
    readonly file: string
    readonly words: string
  }
}

export const errorGroups = {
  setup: 'Setting up',
  flow: 'On the way through the browser',
  provider: 'What the provider answered',
  connection: 'Connections and their tokens',
  application: 'Your own side',
} as const

export type ErrorGroup = keyof typeof errorGroups

export const errorTexts: Record<OAuthErrorCode, ErrorText> = {
  config_invalid: {
    group: 'setup',
    means:
      'Something that you configure is missing or cannot be used: an option, an environment variable, a package, a table.',
    from: '`createOAuthClient` (all that is missing in one error), `createOAuthHandler`, `createHistoricalSync`, the stores, and any call that meets a missing package, missing tables or a `clientSecret()` that failed. Also `authorize` or `connect` at a provider that connects the other way.',
    whatToDo: [
      'Read the message: it names every option and variable that is missing.',
      '“the tables of postgresStore are not there”: call `ensureSchema()` once, or run the migrations.',
      'In a worker of `latchkey/sync`: give every process the same `run`.',
    ],
    retryable: 'no',
    carries: '`cause` where a function of yours failed',
    example: {
      provider: 'Slack',
      detail: 'missing: SLACK_CLIENT_ID (or options.clientId), LATCHKEY_SECRET (or options.secret)',
      file: 'src/options.ts',
      words: 'missing: ',
    },
  },
  definition_invalid: {
    group: 'setup',
    means: 'A provider definition of your own breaks the schema, or contradicts itself.',
    from: '`defineProvider`; `historyOf` for a definition without `history`.',
    whatToDo: [
      'Go to each path that the message names: it says what was found, what is expected, and for an unknown key the nearest one.',
      'For JSON, put `"$schema"` in the file and let the editor say so while you type.',
    ],
    retryable: 'no',
    example: {
      provider: 'acme',
      detail: 'authorization.pkse: unknown key; did you mean "pkce"?',
      file: 'src/provider/mistakes.ts',
      words: 'did you mean',
    },
  },
  params_invalid: {
    group: 'setup',
    means:
      'A value given to a call cannot be used: a param that the definition does not know or whose pattern it fails, one that only your options may set, an id with control characters or longer than 255, a hostile `redirectPath`, a credential, a number. Also a value on the way back that is not the one the flow began with.',
    from: 'Every call that takes values; `authorize` also where ids and paths make a `state` that the provider would cut; `callback` where a captured value fails its pattern, or a named site is not among those that the account has; `fetch` where a choice is still open.',
    whatToDo: [
      'The message names the value and shows an example of a good one. Show it to the user if the value came from them.',
      '“several were found, take one of connection.choices”: let the user choose, then `client.choose(ref, params)`.',
    ],
    retryable: 'no',
    example: {
      provider: 'Shopify',
      detail: `param "shop" is missing: the shop's permanent name, the part before .myshopify.com, for example "acme-store"`,
      file: 'src/provider/params.ts',
      words: ' is missing: ',
    },
  },
  state_missing: {
    group: 'flow',
    means: 'The callback was opened without a `state`.',
    from: '`callback`, before any request. With OAuth 1.0a and Plaid: the `state` that stays with the browser was not handed to `callback`.',
    whatToDo: [
      'Usually a bookmark, or the provider’s own “install” button: send the user to your connect link instead.',
      'Calling `callback` yourself for trello-oauth1 or plaid: pass `{ state }` from what `authorize` returned.',
    ],
    retryable: 'no: begin again',
    example: {
      provider: 'Slack',
      detail: 'the callback has no state',
      file: 'src/state/oauth-state.ts',
      words: 'the callback has no state',
    },
  },
  state_invalid: {
    group: 'flow',
    means:
      'The `state` is not one of ours, was altered, or was made for another provider or client configuration.',
    from: '`callback`, before any request; `parseOAuthState`.',
    whatToDo: [
      'Give every server the same secret. When you rotate it, the old one stays in the list: `secret: [new, old]`.',
      'The state holds a fingerprint of client id, redirect URI and fixed params: servers must agree on these too.',
      'A few of these are people (or scanners) who edit URLs.',
    ],
    retryable: 'no: begin again',
    example: {
      provider: 'Slack',
      detail: 'the state was made for another provider or client configuration',
      file: 'src/protocols/flow.ts',
      words: 'the state was made for another provider or client configuration',
    },
  },
  state_expired: {
    group: 'flow',
    means: 'More than ten minutes went by between `authorize` and `callback`.',
    from: '`callback`, before any request; `parseOAuthState`.',
    whatToDo: ['Let the user begin again.', 'If it happens to many: compare the clocks of your servers.'],
    retryable: 'no: begin again',
    example: {
      provider: 'Slack',
      detail: 'the flow took longer than ten minutes',
      file: 'src/state/oauth-state.ts',
      words: 'the flow took longer than ten minutes',
    },
  },
  state_mismatch: {
    group: 'flow',
    means:
      'The flow was begun in another browser, or by somebody else than the one who is signed in now. This is what stops a link that somebody else has prepared.',
    from: '`callback`, before any request: the `binding` differs (or is there on one side only), or `expect` names another tenant or user.',
    whatToDo: [
      'Let the user begin again in one browser, signed in as one user.',
      'If it happens to everybody: the binding cookie does not come back. See that the browser meets one host name and scheme throughout, and that no proxy drops cookies.',
    ],
    retryable: 'no: begin again',
    example: {
      provider: 'Slack',
      detail: 'the flow was begun in another browser',
      file: 'src/protocols/flow.ts',
      words: 'the flow was begun in another browser',
    },
  },
  state_replayed: {
    group: 'flow',
    means:
      'This callback was used before, in whatever process. A failed exchange is not given a second try either: codes are single use.',
    from: '`callback`, before the exchange.',
    whatToDo: [
      'Usually a reload or a double click: look whether the connection is there already.',
      'Do not retry a callback in a proxy or a queue.',
    ],
    retryable: 'no: begin again',
    example: {
      provider: 'Slack',
      detail: 'this callback has been used before',
      file: 'src/client.ts',
      words: 'this callback has been used before',
    },
  },
  callback_invalid: {
    group: 'flow',
    means:
      'The provider (or somebody else) came back with a query that makes no sense: no code and no error, a parameter twice, a form that is none.',
    from: '`callback`, before any request.',
    whatToDo: [
      'Let the user begin again.',
      'If it stays: log the names (not the values) of the callback’s parameters, and see whether a proxy or a framework rewrites the query.',
    ],
    retryable: 'no: begin again',
    example: {
      provider: 'Zoho CRM',
      detail: 'the callback has neither a code nor an error',
      file: 'src/protocols/oauth2.ts',
      words: 'the callback has neither a code nor an error',
    },
  },
  issuer_mismatch: {
    group: 'flow',
    means:
      'The answer names another authorization server than the one that was asked (RFC 9207): a sign of a mix-up attack.',
    from: '`callback`, before any request, for definitions with `authorization.issuer`.',
    whatToDo: [
      'Do not work around it. Check the params that name the server (region, subdomain).',
      'In a definition of your own: compare `issuer.value` with what the provider really sends.',
    ],
    retryable: 'no',
    example: {
      provider: 'Acme',
      detail: 'the answer names another issuer',
      file: 'src/protocols/callback-checks.ts',
      words: 'the answer names another issuer',
    },
  },
  signature_invalid: {
    group: 'flow',
    means:
      'The callback is not signed, its signature does not fit the client secret, or it was signed too long ago (Shopify’s `hmac`).',
    from: '`callback`, before any request, for definitions with `callback.signature`.',
    whatToDo: [
      'Check the client secret: it must be that of the app whose id is used.',
      'Check this server’s clock.',
    ],
    retryable: 'no: begin again',
    example: {
      provider: 'Shopify',
      detail: 'the signature of the callback does not fit',
      file: 'src/protocols/callback-checks.ts',
      words: 'the signature of the callback does not fit',
    },
  },
  authorization_denied: {
    group: 'flow',
    means:
      'The user said no, or the provider did in their place (RFC 6749 §4.1.2.1): a scope that is not allowed, an app that is not approved.',
    from: '`callback`: the query has `error` instead of a code. With Plaid, the hosted page was left; with OAuth 1.0a, the user came back without a verifier.',
    whatToDo: [
      '`error` is `access_denied`: the user’s choice. Say so where `redirectPath` leads.',
      'Anything else (`invalid_scope`, `unauthorized_client` …) is about how the app is registered: see the integration on [providers.md](providers.md).',
    ],
    retryable: 'no: the user decides',
    carries: '`error`, `errorDescription` (the provider’s words)',
    example: {
      provider: 'Slack',
      error: 'access_denied',
      errorDescription: 'The user said no',
      file: 'src/protocols/callback-checks.ts',
      words: 'authorization_denied',
    },
  },
  html_response: {
    group: 'provider',
    means:
      'A web page came where data was expected, whatever its status and `Content-Type`: a login page, an error page, a proxy’s page.',
    from: '`callback`, refreshes (`getAccessToken`, `fetch`, `refresh`, sweeps), discovery, identity and revocation requests. An API call through `client.fetch` hands the page back as it is: see `checkHtmlResponse`.',
    whatToDo: [
      'The message has the page’s title: it often says whose page it is.',
      'A 5xx or a maintenance page passes by itself. A page under 404 or 200 that stays means a wrong endpoint (self-managed host, region) or something in between.',
    ],
    retryable: 'under 5xx, 429, 408 and anything below 400; not under another 4xx',
    carries: '`status`, `retryAfter` where the provider says it',
    example: {
      provider: 'QuickBooks',
      detail: 'the provider answered with an HTML page (HTTP 503, "Service Unavailable") instead of JSON',
      file: 'src/http/check-html-response.ts',
      words: 'the provider answered with an HTML page (HTTP ',
    },
  },
  malformed_response: {
    group: 'provider',
    means:
      'The answer is neither JSON (or a form, where the definition says so) nor a page, is empty, or lacks what it must have: an access token, a site that must be discovered, a list.',
    from: 'The same requests as `html_response`; pages of a historical sync.',
    whatToDo: [
      'Once: try again. Always: compare the answer with the definition (`tokenResponse`, `discovery`, `history`).',
      'The body is not in the error. To see it, send the request by hand, with a test account.',
    ],
    retryable: 'under 5xx and 408; else not',
    carries: '`status`',
    example: {
      provider: 'Acme',
      detail: 'the answer has no access token',
      file: 'src/tokens/token-response.ts',
      words: 'the answer has no access token',
    },
  },
  response_too_large: {
    group: 'provider',
    means:
      'More than 1 MiB came where a token was expected (32 MiB for a page of a historical sync). Reading stopped there.',
    from: 'The same requests as `html_response`; pages of a historical sync.',
    whatToDo: ['Check what the endpoint really is.', 'In a historical sync: ask for smaller pages.'],
    retryable: 'no',
    carries: '`status`',
    example: {
      provider: 'Acme',
      detail: 'more than 1 MiB',
      file: 'src/tokens/token-response.ts',
      words: 'more than 1 MiB',
    },
  },
  unexpected_redirect: {
    group: 'provider',
    means:
      'The token endpoint answered with a redirect. It is not followed: it would carry the secrets along.',
    from: 'The same requests as `html_response`. `client.fetch` follows redirects inside the definition’s hosts and hands back others.',
    whatToDo: [
      'Use the host that the provider redirects to: a missing `www`, `http` instead of `https`, a renamed subdomain.',
    ],
    retryable: 'no',
    carries: '`status`',
    example: {
      provider: 'Zendesk',
      detail: 'HTTP 301: redirects from this endpoint are not followed',
      file: 'src/tokens/token-response.ts',
      words: 'redirects from this endpoint are not followed',
    },
  },
  provider_error: {
    group: 'provider',
    means:
      'The provider refused, in its own words: an OAuth error (RFC 6749 §5.2), also one inside HTTP 200, or any 4xx or 5xx with data in it.',
    from: 'The same requests as `html_response`; `connect` where a key is refused; pages of a historical sync.',
    whatToDo: [
      '`invalid_client`: client id and secret do not belong together, or the secret has expired.',
      '`invalid_grant` in a callback: the code was used before or the redirect URI is not the registered one. In a refresh it is `reconnect_required` instead.',
      '`redirect_uri_mismatch`: register exactly the URI that `client.redirectUri` shows.',
      '`http_<status>`: the answer names no error.',
    ],
    retryable: 'under 5xx and 408, and for what the definition calls transient; else not',
    carries: '`error`, `errorDescription`, `status`, `retryAfter` where the provider says it',
    example: {
      provider: 'Salesforce',
      error: 'invalid_client',
      errorDescription: 'invalid client credentials',
      file: 'src/tokens/token-response.ts',
      words: 'provider_error',
    },
  },
  rate_limited: {
    group: 'provider',
    means: 'HTTP 429 from the token endpoint.',
    from: 'The same requests as `html_response`; pages of a historical sync. `client.fetch` waits for up to 5 s by itself and otherwise hands the 429 back.',
    whatToDo: [
      'Wait for `retryAfter`. A refresh by itself is not asked for again before that (5 min at most), and a token that still lives is handed out meanwhile.',
      'Sweep less at once: `refreshExpiring({ concurrency })`.',
    ],
    retryable: 'yes',
    carries: '`status`, `retryAfter` (ms) where the provider says it, `error`',
    example: {
      provider: 'HubSpot',
      error: 'http_429',
      file: 'src/tokens/token-response.ts',
      words: 'http_429',
    },
  },
  timeout: {
    group: 'provider',
    means:
      'No answer within `options.timeout` (15 s); or another process kept a connection’s lease for its whole life; or a `sync.start` of yours did not settle in time.',
    from: 'Every call that sends something; refreshes; `SyncOutcome.error` of a callback; a run of a historical sync whose worker died.',
    whatToDo: [
      'Try again. A refresh whose answer was lost has been sent a second time by then.',
      'If it stays: a firewall or a proxy that drops instead of refusing. `dispatcher` is where a proxy is configured.',
    ],
    retryable: 'yes',
    carries: '`cause` with the system’s code only',
    example: {
      provider: 'Slack',
      detail: 'no answer in time',
      file: 'src/http/transport.ts',
      words: 'no answer in time',
    },
  },
  network: {
    group: 'provider',
    means: 'The provider could not be reached: DNS, TLS, a refused or a cut connection.',
    from: 'Every call that sends something, `client.fetch` included.',
    whatToDo: [
      'Where the system gives a code, the message has it: `ENOTFOUND` (DNS, or a wrong host), `ECONNREFUSED`, `ECONNRESET`, `CERT_HAS_EXPIRED` …',
      'A proxy that only the system knows: pass `dispatcher`.',
    ],
    retryable: 'yes',
    carries: '`cause` with the system’s code only',
    example: {
      provider: 'Slack',
      detail: 'the request failed',
      file: 'src/http/transport.ts',
      words: 'the request failed',
    },
  },
  connection_not_found: {
    group: 'connection',
    means: 'This tenant has no connection of that integration under that `connectionId`.',
    from: '`getAccessToken`, `getTokens`, `refresh`, `fetch`, `choose`; a run of a historical sync that was disconnected meanwhile. (`getConnection` answers `undefined`, and `disconnect` `{ revoked: false }`.)',
    whatToDo: [
      'Offer to connect.',
      'A store that does not answer is never this error, but `store_failed`. If the connection should be there: is it the same store, namespace or table, and the same tenant id?',
    ],
    retryable: 'no',
    example: {
      provider: 'Slack',
      detail: 'this tenant has no such connection',
      file: 'src/tokens/held.ts',
      words: 'this tenant has no such connection',
    },
  },
  reconnect_required: {
    group: 'connection',
    means:
      'The grant is over, by the provider’s own word: revoked, expired for disuse, password changed, app removed. The record is kept with this status, and the provider is not asked again until someone reconnects or calls `refresh`.',
    from: '`getAccessToken`, `fetch`, `refresh`, sweeps; a token without a refresh token that has run out.',
    whatToDo: [
      'Ask the user to connect again: same `connectionId`, same place. `hooks.onReconnectRequired` is called once, when it happens; `client.list({ status: "reconnect_required" })` finds them all.',
      'If many end at once: the app’s secret was reset, or a scope or an app review was lost. [reliability.md](reliability.md) says what never leads here.',
    ],
    retryable: 'no: the user must act',
    carries: '`error`, `errorDescription`, `status` of the provider’s refusal',
    example: {
      provider: 'QuickBooks',
      error: 'invalid_grant',
      errorDescription: 'Token invalid',
      file: 'src/tokens/grant-end.ts',
      words: 'reconnect_required',
    },
  },
  refresh_unsupported: {
    group: 'connection',
    means: 'The connection has no refresh token: the provider gives none, or gave none this time.',
    from: '`refresh`; `getAccessToken({ rejected })` where the token that an API refused is the stored one.',
    whatToDo: [
      'Providers whose tokens do not end: an API that refuses one has taken the grant back. Ask the user to connect again.',
      'Where a refresh token is expected: see which scope or setting asks for it, on [providers.md](providers.md) (`offline_access`, token rotation).',
    ],
    retryable: 'no',
    example: {
      provider: 'GitHub',
      detail: 'this connection has no refresh token',
      file: 'src/tokens/token-keeper.ts',
      words: 'this connection has no refresh token',
    },
  },
  host_not_allowed: {
    group: 'connection',
    means: 'A request would go to a host that is not the provider’s. Nothing was sent.',
    from: '`client.fetch` with a whole URL (or `//host`) outside the definition’s API hosts; a param that would make another host; a callback that names a server outside the definition’s list.',
    whatToDo: [
      'Use a path, or an address of the provider’s API.',
      'A further host of the same provider belongs into the definition: `api.hosts`.',
      'Where it came from a user’s input or a callback: somebody tried to have a token sent elsewhere.',
    ],
    retryable: 'no',
    example: {
      provider: 'Slack',
      detail: '"evil.example" is not an API host of this provider',
      file: 'src/http/api-hosts.ts',
      words: 'is not an API host of this provider',
    },
  },
  connect_refused: {
    group: 'application',
    means: 'Your own `hooks.beforeConnect`, or the handler’s `beforeAuthorize`, threw.',
    from: '`callback` and `connect`, before anything is stored; the handler’s connect route. The handler answers 403, or goes back to `redirectPath`.',
    whatToDo: [
      'Your reason is the `cause`. An `OAuthError` that `beforeAuthorize` throws goes to the user as it is.',
    ],
    retryable: 'no',
    carries: '`cause`: what you threw',
    example: {
      provider: 'Slack',
      detail: 'the application refused this connection',
      file: 'src/connections/persist-connection.ts',
      words: 'the application refused this connection',
    },
  },
  store_failed: {
    group: 'application',
    means:
      'The store threw, did not answer within 5 s, or was changed by others each time. Never “not connected”.',
    from: 'Every call that reads or writes a connection; `close`, where refreshed tokens could not be stored.',
    whatToDo: [
      'See that the database is up and reachable; the `cause` has the driver’s name and code, and none of its words.',
      'Refreshed tokens that the store would not take are kept in the process and saved later: let it run, and call `close()` when it ends. See [reliability.md](reliability.md).',
    ],
    retryable: 'yes, but not from `close`',
    carries: '`cause` with name and code only',
    example: {
      provider: 'Slack',
      detail: 'save failed in Postgres',
      file: 'src/stores/postgres/postgres-database.ts',
      words: 'failed in Postgres',
    },
  },
  record_unreadable: {
    group: 'application',
    means:
      'What is stored does not open: sealed by a secret that is not given, altered, copied from another connection, or damaged.',
    from: 'Every call that needs tokens; `reseal` counts them as `failed`; documents of a historical sync. Such a record is never removed by itself, and connecting again replaces it.',
    whatToDo: [
      '“a secret that is not given”: put the old secret back, behind the new one, then `client.reseal()`. The message names the key’s id.',
      '“altered, or belongs to another connection”: rows were copied or edited. Restore them, or let the user connect again.',
    ],
    retryable: 'no',
    example: {
      provider: 'Slack',
      detail: 'the tokens were sealed by a secret that is not given (key id "Zk3q9fXb")',
      file: 'src/tokens/sealed-tokens.ts',
      words: 'the tokens were sealed by a secret that is not given',
    },
  },
  hook_failed: {
    group: 'application',
    means:
      'A function of yours threw: a hook, `sync.start`, or the `run` of a historical sync. Connection and tokens are as they should be.',
    from: 'Nowhere as an exception: it is given to `hooks.onError`, is `SyncOutcome.error` of a callback, or stands in a run’s `error`.',
    whatToDo: ['Look at the `cause`, which is what was thrown.'],
    retryable: 'yes for `sync.start` and `run`; no for a hook',
    carries: '`cause`: what you threw',
    example: {
      provider: 'Slack',
      detail: 'the hook onConnected failed',
      file: 'src/hooks.ts',
      words: 'the hook ',
    },
  },
}
