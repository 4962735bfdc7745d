import type { ProviderDefinition } from '../src/provider/definition.ts'

/** Requests without a User-Agent of this shape can be answered with a page of Cloudflare's (reference, "User Agent"). */
const userAgent = { 'User-Agent': 'DiscordBot (https://www.npmjs.com/package/latchkey, 1.0.0)' } as const

export const discord = {
  id: 'discord',
  name: 'Discord',
  category: 'communication',
  aliases: ['discordapp', 'discord.com'],
  docs: [
    'https://discord.com/developers/docs/topics/oauth2',
    'https://discord.com/developers/docs/reference',
    'https://discord.com/developers/docs/topics/rate-limits',
    'https://discord.com/developers/docs/resources/message',
  ],
  checked: '2026-11-21',
  protocol: 'oauth2',
  setup: {
    console: 'https://discord.com/developers/applications',
    register:
      'An application with a bot; switch on "Requires OAuth2 Code Grant", so that the answer names the server the bot was added to, and the Message Content intent, without which messages come empty.',
    redirectUri:
      'Registered under OAuth2 > Redirects and matched as a whole; http://localhost is taken for development.',
  },
  quirks: [
    "A user's token reads no channel and no message: that takes the application's own bot token, as `Authorization: Bot …`, from its settings page.",
    'Revoking any token ends every token that this application holds for that user; the bot stays in its server.',
    'The `guild_id` of the redirect is a hint only; the params hold what the token response said.',
    'Where the bot lacks Read Message History a channel answers with an empty list, not with an error.',
    'Ten thousand 401, 403 or 429 answers in ten minutes block the IP address: stop calling with a dead token.',
  ],
  params: {
    permissions: {
      description: "the bot's permissions in its server, as a decimal bit field",
      pattern: '^[0-9]{1,20}$',
      example: '66560',
      // View Channel (1024) and Read Message History (65536).
      default: '66560',
      trusted: true,
    },
    guildId: {
      description: 'the server the bot was added to',
      pattern: '^[0-9]{1,20}$',
      example: '2909267',
      from: 'token',
    },
    guildName: {
      description: "that server's name",
      pattern: '^.{1,500}$',
      example: 'SomeTest',
      from: 'token',
    },
  },
  authorization: {
    url: 'https://discord.com/oauth2/authorize',
    // Ignored where `bot` is not asked for.
    params: { permissions: '{permissions}' },
    // `bot` adds the bot, whose token reads the messages; `identify` tells whose grant this is.
    scopes: { default: ['bot', 'identify', 'guilds'], always: ['identify'] },
  },
  token: {
    // A path without a version is answered by version 6 (reference, "API Versioning").
    url: 'https://discord.com/api/v10/oauth2/token',
    authentication: 'client_secret_basic',
    headers: userAgent,
  },
  tokenResponse: {
    lifetime: 604_800,
    capture: { guildId: 'guild.id', guildName: 'guild.name' },
  },
  // Whether the old refresh token lives on is not documented; a new one comes each time, so the old counts as gone.
  refresh: { rotates: true },
  revocation: {
    url: 'https://discord.com/api/v10/oauth2/token/revoke',
    authentication: 'client_secret_basic',
    token: 'refresh_token',
    params: { token_type_hint: 'refresh_token' },
    headers: userAgent,
    ends: 'grant',
  },
  identity: {
    // The user, not the server: Discord keeps one grant for a user and an application, and revokes it as a whole.
    request: { url: 'https://discord.com/api/v10/users/@me' },
    id: 'id',
    name: ['global_name', 'username'],
  },
  api: {
    baseUrl: 'https://discord.com/api/v10',
    headers: userAgent,
  },
  history: {
    resource: '/users/@me/guilds?limit=200',
    page: { by: 'last-item', at: 'id', query: 'after', size: 200 },
  },
} as const satisfies ProviderDefinition
