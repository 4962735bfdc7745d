// The handlers' types are those of the msw that is installed.
import { slack } from 'latchkey/providers/slack'
import { mockProvider } from 'latchkey/testing'
import { setupServer } from 'msw/node'

export const server = setupServer(
  ...mockProvider(slack, {
    clientId: 'id',
    clientSecret: 's',
    redirectUri: 'https://app.example.com/callback',
  }).handlers,
)
