/** Atlassian's authorization server, as one object that its products' definitions spread. Bitbucket has one of its own. */
export const atlassian = {
  docs: ['https://developer.atlassian.com/cloud/oauth/getting-started/refresh-tokens/'],
  authorization: {
    url: 'https://auth.atlassian.com/authorize',
    // Documented as required, so that the user is always asked which site to give.
    params: { prompt: 'consent' },
  },
  token: {
    url: 'https://auth.atlassian.com/oauth/token',
    body: 'json',
    authentication: 'client_secret_post',
  },
  tokenResponse: { lifetime: 3_600 },
  refresh: {
    rotates: true,
    // A dead refresh token is a 403: `invalid_grant`, or this older pair. Any other 403 may be a missing permission.
    dead: [{ status: 403, values: ['unauthorized_client'], contains: 'refresh_token is invalid' }],
    lifetime: { idle: 7_776_000 },
  },
} as const
