import { index, integer, jsonb, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core'

/**
 * The application's own table: `examples/custom-store/schema.sql` in Drizzle's words, under the columns' own names.
 * Drizzle knows no collation: where your database compares without case or accents, add `COLLATE "C"` to the three ids
 * in the migration that drizzle-kit writes, or two ids are taken for one.
 */
export const integrationTokens = pgTable(
  'integration_tokens',
  {
    workspace_id: text().notNull(),
    integration: text().notNull(),
    slot: text().notNull(),
    state: text({ enum: ['active', 'reconnect_required'] }).notNull(),
    expires: timestamp({ withTimezone: true }),
    refreshed: timestamp({ withTimezone: true }).notNull(),
    details: jsonb().notNull(),
    tokens: text().notNull(),
    version: integer().notNull(),
    // The application's own.
    installed_by: text(),
    billing_plan: text().notNull().default('free'),
  },
  (table) => [
    primaryKey({ columns: [table.integration, table.workspace_id, table.slot] }),
    index('integration_tokens_expires').on(table.state, table.expires),
  ],
)
