import type { z as Zod } from 'zod'
import type { Words } from './words.ts'

/** What a connection needs or learns beyond tokens. */
export function createParamSchemas(zod: typeof Zod, { name, pattern, template }: Words) {
  const z = zod
  const source = z.enum(['user', 'callback', 'token', 'discovery'])
  const param = z.strictObject({
    description: z.string().min(1).describe('What it is, in words a user can follow (shopify `shop`).'),
    pattern: pattern.describe('Matched against the whole value before it reaches a URL (shopify `shop`).'),
    example: z.string().describe('One value that matches (shopify `shop`).'),
    from: z
      .union([source, z.array(source).min(2).readonly()])
      .optional()
      .describe(
        '`user` (default): given to `authorize`. The others are captured on the way (quickbooks, zoho-books, zoom). A list: discovered, and chosen by the user where there are several (jira `cloudId`).',
      ),
    required: z
      .boolean()
      .optional()
      .describe('Only from `user`: no flow begins without it (shopify `shop`).'),
    default: template
      .optional()
      .describe(
        'Used where nothing was given; may hold placeholders (zoho-books: the server of a data center).',
      ),
    trusted: z
      .boolean()
      .optional()
      .describe(
        'Only `options.params` may set it, never a tenant: it decides where secrets are sent (gitlab `host`).',
      ),
    format: z
      .enum(['text', 'host', 'url'])
      .optional()
      .describe(
        'How it is placed into a URL. `text` (default): percent-encoded. `host`: a host with optional port and path, as it is (gitlab). `url`: a whole origin, as it is (zoom `apiUrl`).',
      ),
    normalize: z
      .strictObject({
        lowercase: z.boolean().optional().describe('Capital letters become small ones (shopify).'),
        stripPrefixes: z
          .array(z.string().min(1))
          .readonly()
          .optional()
          .describe('Taken off the front (shopify: `https://`).'),
        stripSuffixes: z
          .array(z.string().min(1))
          .readonly()
          .optional()
          .describe('Taken off the end (shopify: `.myshopify.com`).'),
      })
      .optional()
      .describe('What people paste is brought down to the value before the pattern is applied (shopify).'),
  })

  const derived = z.strictObject({
    from: name.describe('The param that decides (quickbooks `environment`).'),
    cases: z
      .array(
        z.strictObject({
          when: pattern.describe('Matched against the whole value of that param (github `host`).'),
          value: template.describe('What then follows (github: the API base of that host).'),
        }),
      )
      .min(1)
      .readonly()
      .describe('The first that matches gives the value; where none does there is none (whatsapp `signup`).'),
  })
  return { param, derived }
}
