import { createOAuthClient, createOAuthHandler } from 'latchkey'
import { github } from 'latchkey/providers/github'
import { shopify } from 'latchkey/providers/shopify'
import { slack } from 'latchkey/providers/slack'
import { readUser } from '../shared/session.ts'
import { trial } from '../shared/trial.ts'

// One client an integration. SLACK_CLIENT_ID, SLACK_CLIENT_SECRET and so on, LATCHKEY_SECRET and LATCHKEY_BASE_URL come
// from the environment; what is missing is named here. Yours says `createOAuthClient(slack)`, without `trial`.
async function createIntegrations() {
  const clients = {
    slack: createOAuthClient(await trial(slack)),
    github: createOAuthClient(await trial(github)),
    shopify: createOAuthClient(await trial(shopify)),
  }
  // Your own session goes here: `auth()` of Auth.js, or whatever reads `cookies()`.
  const handler = createOAuthHandler({
    clients,
    session: (request) => readUser(request.headers.get('cookie')),
  })
  return { clients, handler }
}

declare global {
  var madeIntegrations: ReturnType<typeof createIntegrations> | undefined
}

/**
 * Not made when this module loads: `next build` loads it too, without the secrets of the server. Kept on `globalThis`,
 * because Next.js loads it once for each of its bundles, and again whenever a file changes.
 */
export function integrations(): ReturnType<typeof createIntegrations> {
  globalThis.madeIntegrations ??= createIntegrations()
  return globalThis.madeIntegrations
}
