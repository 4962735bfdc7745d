/** Every `OAuthError.code`, with what it means and the default next step. */
export const errorCodes = {
  config_invalid: 'Set what the message names, in the options or in the environment, then start again.',
  definition_invalid: 'Correct the provider definition at the path the message names.',
  params_invalid: 'Correct the value the message names and begin the flow again.',
  state_missing: 'Begin at the connect link: the callback was opened without a state parameter.',
  state_invalid:
    'Begin the connection again. If it keeps happening, check that every server has the same secret.',
  state_expired: 'Begin the connection again: it took longer than ten minutes.',
  state_mismatch: 'Begin and finish the connection in the same browser and session.',
  state_replayed: 'Begin the connection again: this callback link has already been used.',
  callback_invalid: 'Begin the connection again: the provider returned without a usable code.',
  issuer_mismatch: 'Stop: the answer came from another authorization server than the one that was asked.',
  signature_invalid: 'Begin the connection again. If it keeps happening, check the client secret.',
  authorization_denied: 'Access was not granted. Connect again and approve the request.',
  html_response:
    'The provider answered with a web page instead of data. Try again; if it stays, check the endpoint and any proxy in between.',
  malformed_response:
    'The provider answered with something unreadable. Try again; if it stays, tell the provider.',
  response_too_large: 'The provider answered with more than 1 MiB where a token was expected.',
  unexpected_redirect:
    'The token endpoint redirected, which is not followed. Check the host it is configured with.',
  provider_error: 'The provider refused the request: see error and errorDescription.',
  rate_limited: 'The provider asks for fewer requests. Try again after retryAfter.',
  timeout: 'The provider did not answer in time. Try again.',
  network: 'The provider could not be reached. Check the network, DNS and any proxy, then try again.',
  connection_not_found: 'There is no such connection: let the user connect first.',
  reconnect_required: 'The grant has ended. Ask the user to connect again.',
  refresh_unsupported: 'This connection has no refresh token. Ask the user to connect again when it expires.',
  connect_refused: 'The application refused this connection.',
  store_failed: 'The token store did not do its work. Check that it is up and reachable.',
  record_unreadable:
    'The stored tokens do not open under the given secret. Put the old secret back behind the new one, or connect again.',
  hook_failed:
    'A function the application gave to latchkey failed: see cause. The connection itself is not affected.',
  host_not_allowed: 'The host is not one of the provider. Correct the URL or the param it is made from.',
} as const

/** One of the codes of an `OAuthError`. docs/errors.md says of each where it comes from and what to do. */
export type OAuthErrorCode = keyof typeof errorCodes
