import latchkey = require('latchkey')
import slackModule = require('latchkey/providers/slack')
import sync = require('latchkey/sync')

export const client = latchkey.createOAuthClient(slackModule.slack, { store: latchkey.memoryStore() })
export const engine = sync.createHistoricalSync({ store: latchkey.memoryStore(), run: () => undefined })
latchkey.createOAuthClient(slackModule.slack, { sync: engine })
