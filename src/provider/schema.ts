import type { z as Zod } from 'zod'
import { createApiSchemas } from './schema/api.ts'
import { createHistorySchema } from './schema/history.ts'
import { createOAuthSchemas } from './schema/oauth2.ts'
import { createParamSchemas } from './schema/params.ts'
import { createProtocolSchemas } from './schema/protocols.ts'
import { createRequestSchemas } from './schema/requests.ts'
import { createWords } from './schema/words.ts'

/**
 * The schema of a provider definition: everything that can be said about an integration, as data. Its descriptions are
 * the help an editor shows (`latchkey/provider.schema.json`), and name the integration that needs the field.
 *
 * zod arrives as an argument (not called `z`, which a declaration file would take for the type), because importing it
 * costs more than the rest of the core together (DESIGN §10):
 * built-in definitions are proven by a test, and only `defineProvider` validates at run time.
 */
export function createProviderSchema(zod: typeof Zod) {
  const z = zod
  const words = createWords(z)
  const { param, derived } = createParamSchemas(z, words)
  const requests = createRequestSchemas(z, words)
  const oauth = createOAuthSchemas(z, words, requests)
  const protocols = createProtocolSchemas(z, words, requests, oauth)
  const { api, discovery, identity, lifecycle, revocation } = createApiSchemas(z, words, requests)

  const common = {
    $schema: z.string().optional().describe('A JSON file may name its schema (any definition in JSON).'),
    id: words.id.describe('Its name in file names, routes and environment variables (google-calendar).'),
    name: z.string().min(1).max(60).describe('The words in messages and on pages (Google Calendar).'),
    category: z
      .enum([
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
      ])
      .describe('Where a settings page lists it (slack: communication).'),
    aliases: words.words.optional().describe('Other names `findProvider` knows (google-drive `gdrive`).'),
    docs: z.array(words.httpsUrl).min(1).readonly().describe('The provider’s own pages (every provider).'),
    checked: words.date.describe('When the facts were last checked (every provider).'),
    lifecycle: lifecycle
      .optional()
      .describe('It, or a version it uses, is coming to an end: connecting warns (drift, linkedin).'),
    setup: z
      .strictObject({
        console: words.httpsUrl.describe('Where an application is registered (slack: api.slack.com/apps).'),
        register: z.string().min(1).describe('What to register there, in a sentence or two (slack).'),
        redirectUri: z
          .string()
          .min(1)
          .describe('The rules for redirect URIs, in one sentence (google-drive).'),
      })
      .optional()
      .describe('What has to be done at the provider before anybody can connect (every built-in).'),
    quirks: words.words
      .optional()
      .describe('What an integrator should know and no field says, one line each (discord).'),
    params: z
      .record(words.name, param)
      .optional()
      .describe('What a connection needs or learns beyond tokens (shopify, quickbooks).'),
    derived: z
      .record(words.name, derived)
      .optional()
      .describe('Values that follow from a param (github, zoho-books).'),
    revocation: revocation
      .optional()
      .describe('Absent: the provider has no way (jira). RFC 7009 where it follows one.'),
    discovery: discovery
      .optional()
      .describe('Requests after connect that learn what the connection needs (zoho-books, jira).'),
    identity: identity.describe(
      'Who was connected, in the provider’s own words: the same id means the same account (every provider).',
    ),
    api: api.describe('How the API is called (every provider).'),
    history: createHistorySchema(z, words, requests)
      .optional()
      .describe('What a historical sync reads first (gitlab).'),
  }

  return z.discriminatedUnion('protocol', [
    z.strictObject({ ...common, ...protocols.oauth2 }),
    z.strictObject({ ...common, ...protocols.oauth1 }),
    z.strictObject({ ...common, ...protocols.plaidLink }),
    z.strictObject({ ...common, ...protocols.apiKey }),
  ])
}
