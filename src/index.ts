/**
 * The client, the handler, definitions of your own, errors, stores, and the building blocks they are made of.
 *
 * @module latchkey
 */
export type * from './client-types.ts'
export { createOAuthClient } from './create-client.ts'
export type {
  ConnectionMessage,
  RefreshMessage,
  RequestMessage,
  RequestOperation,
} from './diagnostics.ts'
export { errorCodes, type OAuthErrorCode } from './errors/codes.ts'
export { formatOAuthErrorMessage } from './errors/message.ts'
export { isOAuthError, OAuthError, type OAuthErrorDetails } from './errors/oauth-error.ts'
export {
  type AuthorizeAttempt,
  type BindingCookieOptions,
  createOAuthHandler,
  type HandlerClient,
  type HandlerFailure,
  type HandlerSession,
  type HandlerSync,
  type ListedConnection,
  type ListedIntegration,
  type ListedSync,
  type OAuthHandler,
  type OAuthHandlerOptions,
} from './handler/oauth-handler.ts'
export { checkHtmlResponse, type HtmlCheck } from './http/check-html-response.ts'
export { defineProvider } from './provider/define.ts'
export type { AuthorizeParams, ProviderDefinition } from './provider/definition.ts'
export { buildOAuthState, type OAuthState, parseOAuthState } from './state/oauth-state.ts'
export { fileStore } from './stores/file-store.ts'
export { keyvStore } from './stores/keyv-store.ts'
export { lmdbKeyvAdapter } from './stores/lmdb-keyv-adapter.ts'
export { memoryStore } from './stores/memory-store.ts'
export { triggerHistoricalSyncOnConnection } from './sync/historical-sync.ts'
export type * from './types.ts'
