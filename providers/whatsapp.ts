import type { ProviderDefinition } from '../src/provider/definition.ts'

/** The WhatsApp Business Platform, through Facebook Login (for Business). */
export const whatsapp = {
  id: 'whatsapp',
  name: 'WhatsApp Business',
  category: 'communication',
  aliases: ['whatsapp-business', 'whatsapp-cloud', 'whats-app', 'waba'],
  docs: [
    'https://developers.facebook.com/documentation/business-messaging/whatsapp/access-tokens/',
    'https://developers.facebook.com/documentation/business-messaging/whatsapp/embedded-signup/overview',
    'https://developers.facebook.com/documentation/facebook-login/facebook-login-for-business',
    'https://developers.facebook.com/documentation/business-messaging/whatsapp/reference/user/assigned-whatsapp-business-accounts-api',
    'https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow',
    'https://developers.facebook.com/docs/facebook-login/guides/access-tokens/get-long-lived',
    'https://developers.facebook.com/docs/graph-api/changelog',
    'https://developers.facebook.com/docs/graph-api/guides/error-handling',
  ],
  checked: '2026-11-21',
  protocol: 'oauth2',
  setup: {
    console: 'https://developers.facebook.com/apps/',
    register:
      'A business app with the products WhatsApp and Facebook Login for Business; customers of other businesses need Advanced Access, and a login configuration (`configId`) with a never-expiring token is the way that Meta advises.',
    redirectUri:
      'https, under Facebook Login > Valid OAuth Redirect URIs, the same to the byte; http://localhost only while the app is in development mode.',
  },
  quirks: [
    'Past messages cannot be read: they come as webhooks from now on, and six months back only as `history` webhooks of a number that was onboarded from the WhatsApp Business app, asked for within 24 hours.',
    'There is no refresh token: a token with an end (60 days) needs a new connect, one of a login configuration has no end.',
    'A login configuration (`configId`) fixes the permissions in place of scopes.',
    'Codes of Embedded Signup come from the JavaScript SDK, live for seconds and are exchanged without `redirect_uri`: set the param `signup` to `embedded`.',
    'Disconnecting takes back all that the user gave this app; the token of a business ends only in its own settings (Integrations > Connected apps), or through `GET /oauth/revoke`.',
    'The phone numbers of an account stand at `GET /{wabaId}/phone_numbers`; messages are sent and history is asked for by their ids.',
    'Webhooks stay silent until `POST /{wabaId}/subscribed_apps` is called, once for each account.',
    'An app that demands `appsecret_proof` needs it in the query of each call: the hex HMAC-SHA256 of the access token, keyed with the app secret.',
    'Errors are objects, always of the type OAuthException: go by `error.code`.',
  ],
  params: {
    graphVersion: {
      description: 'the version of the Graph API',
      pattern: '^v[0-9]{2}\\.[0-9]$',
      example: 'v25.0',
      default: 'v26.0',
      trusted: true,
    },
    configId: {
      description: 'the id of a configuration of Facebook Login for Business, from the settings of the app',
      pattern: '^[0-9]{5,20}$',
      example: '1158201444',
      trusted: true,
    },
    signup: {
      description: 'how the code arrives: redirect, or embedded for the JavaScript SDK of Embedded Signup',
      pattern: '^(?:redirect|embedded)$',
      example: 'embedded',
      default: 'redirect',
      trusted: true,
    },
    wabaId: {
      description: 'the WhatsApp Business Account, to be named only where the user has several',
      pattern: '^[0-9]{5,20}$',
      example: '102290129340398',
      from: ['user', 'discovery'],
    },
    phoneNumberId: {
      description: 'the id of the phone number, which is not the number itself',
      pattern: '^[0-9]{5,20}$',
      example: '106540352242922',
    },
  },
  derived: {
    // The code of the SDK knows no redirect URI; any other must be exchanged with the very same one.
    exchangeRedirectUri: {
      from: 'signup',
      cases: [{ when: '^redirect$', value: '{redirectUri}' }],
    },
    overrideResponseType: {
      from: 'configId',
      cases: [{ when: '^[0-9]+$', value: 'true' }],
    },
  },
  authorization: {
    url: 'https://www.facebook.com/{graphVersion}/dialog/oauth',
    params: {
      config_id: '{configId}',
      // A configuration whose tokens belong to a business answers with a code only when told so.
      override_default_response_type: '{overrideResponseType}',
    },
    scopes: {
      separator: ',',
      // The second one brings messages, as webhooks, and their media; there is none that only reads.
      default: ['whatsapp_business_management', 'whatsapp_business_messaging'],
      unless: 'configId',
    },
    // Documented for OpenID Connect only.
    pkce: 'unsupported',
  },
  callback: { error: { code: ['error_code'], description: ['error_message'] } },
  token: {
    url: 'https://graph.facebook.com/{graphVersion}/oauth/access_token',
    // Documented with GET, which would put the secret into a URL; a POST is taken as well.
    method: 'POST',
    authentication: 'client_secret_post',
    params: { redirect_uri: '{exchangeRedirectUri}' },
    sendRedirectUri: false,
    sendGrantType: false,
  },
  tokenResponse: {
    error: { code: 'error.code', description: 'error.message' },
    lifetime: 5_183_944,
  },
  longLived: {
    parameter: 'fb_exchange_token',
    // A login of a user gives an hour or two; 60 days and "no end" are left alone.
    below: 2_592_000,
  },
  refresh: false,
  revocation: {
    url: 'https://graph.facebook.com/{graphVersion}/me/permissions',
    method: 'DELETE',
    body: 'none',
    authentication: 'access_token',
    token: 'access_token',
    gone: [{ values: ['190'] }],
    ends: 'grant',
  },
  discovery: [
    {
      url: 'https://graph.facebook.com/{graphVersion}/me/assigned_whatsapp_business_accounts?fields=id,name&limit=100',
      choose: { param: 'wabaId', list: 'data', id: 'id', name: 'name' },
    },
  ],
  identity: {
    // A user, or the system user that a login configuration makes for one business and this app.
    request: { url: 'https://graph.facebook.com/{graphVersion}/me?fields=id,name' },
    id: 'id',
    name: 'name',
  },
  api: {
    baseUrl: 'https://graph.facebook.com/{graphVersion}',
    // 190 under any subcode (expired, password changed, app removed); 102 is the same of a session. HTTP 400 or 401.
    ended: [{ values: ['190', '102'] }],
    // Of the app, the user, the page and the call; of the account and of the number's throughput. HTTP 400, 403 or 429.
    rateLimited: [{ values: ['4', '17', '32', '613', '80007', '130429'] }],
  },
} as const satisfies ProviderDefinition
