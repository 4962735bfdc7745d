import { findProvider } from 'latchkey/providers'
import type { OldRow } from './old-connection.ts'

/** An account of a sign-in library (Auth.js, better-auth): one user's grant at one authorization server. */
export interface SignInAccount {
  readonly source: string
  /** As the library calls it: `google`, `microsoft-entra-id`. */
  readonly provider: string
  /** The user's id there. */
  readonly accountId: string
  readonly userId: string
  readonly accessToken: string | undefined
  readonly refreshToken: string | undefined
  readonly expiresAt: Date | undefined
  readonly refreshTokenExpiresAt?: Date | undefined
  readonly scopes: readonly string[]
  readonly connectedAt?: Date | undefined
  readonly refreshedAt?: Date | undefined
}

/** One account, several integrations: which of them, say the scopes. Their refresh tokens may be shared, as neither ends the old one. */
const families: Readonly<Record<string, readonly (readonly [scope: RegExp, integration: string])[]>> = {
  google: [
    [/^https:\/\/www\.googleapis\.com\/auth\/calendar\b/, 'google-calendar'],
    [/^https:\/\/(?:www\.googleapis\.com\/auth\/gmail\b|mail\.google\.com\/$)/, 'gmail'],
    [/^https:\/\/www\.googleapis\.com\/auth\/drive\b/, 'google-drive'],
    [/^https:\/\/www\.googleapis\.com\/auth\/chat\b/, 'google-chat'],
  ],
  microsoft: [
    [/^(?:https:\/\/graph\.microsoft\.com\/)?Mail\./, 'outlook'],
    [/^(?:https:\/\/graph\.microsoft\.com\/)?Files\./, 'onedrive'],
    [/^(?:https:\/\/graph\.microsoft\.com\/)?(?:Chat|Channel|ChannelMessage|Team)\./, 'teams'],
  ],
}
const familyOf: Readonly<Record<string, string>> = {
  google: 'google',
  'microsoft-entra-id': 'microsoft',
  'azure-ad': 'microsoft',
  microsoft: 'microsoft',
}
/** Where the library's account id is the one that a connect of latchkey would read, so that siblings know each other. */
const sameAccountId: readonly string[] = ['google', 'github', 'gitlab', 'discord']
/** Scopes that sign somebody in, and reach no API worth a connection. */
const signInScopes =
  /^(?:openid|profile|email|offline_access|https:\/\/www\.googleapis\.com\/auth\/userinfo\.(?:email|profile))$/

/** The integrations that an account's grant reaches; none where it only signs in. */
export function integrationsOf(provider: string, scopes: readonly string[]): string[] {
  const family = families[familyOf[provider] ?? '']
  if (family) {
    const reached = family.filter(([pattern]) => scopes.some((scope) => pattern.test(scope)))
    return reached.map(([, integration]) => integration)
  }
  const id = findProvider(provider)?.id
  const onlySignsIn = scopes.length > 0 && scopes.every((scope) => signInScopes.test(scope))
  return id === undefined || onlySignsIn ? [] : [id]
}

/** Where a connection of a user goes. `nth`: 0 for the first account of this integration that the user has. */
export type PlaceOf = (
  account: SignInAccount,
  nth: number,
) => { readonly tenantId: string; readonly connectionId: string }

/** Each user is a tenant of one; a second account of theirs is a second connection. */
export const userIsTenant: PlaceOf = ({ userId, accountId }, nth) => ({
  tenantId: userId,
  connectionId: nth === 0 ? 'default' : accountId,
})

/** The connections that come of one user's accounts. */
export function* connectionsOf(accounts: readonly SignInAccount[], placeOf: PlaceOf): Generator<OldRow> {
  const seen = new Map<string, number>()
  for (const account of accounts) {
    const { source, provider, accountId, userId, accessToken, refreshToken, expiresAt, scopes } = account
    const integrations = integrationsOf(provider, scopes)
    if (integrations.length === 0)
      yield {
        source,
        why: `"${provider.slice(0, 60)}" with its scopes is no integration: it signs the user in`,
      }
    else if (!accessToken && !refreshToken) yield { source, why: 'it has no token' }
    else
      for (const integration of integrations) {
        const nth = seen.get(integration) ?? 0
        seen.set(integration, nth + 1)
        yield {
          source: `${source} as ${integration}`,
          provider: integration,
          userId,
          ...placeOf(account, nth),
          tokens: {
            ...(accessToken && { accessToken }),
            ...(refreshToken && { refreshToken }),
            ...(expiresAt && { expiresAt }),
            ...(account.refreshTokenExpiresAt && { refreshTokenExpiresAt: account.refreshTokenExpiresAt }),
          },
          scopes,
          ...(sameAccountId.includes(provider) && { account: { id: accountId } }),
          ...(account.connectedAt && { connectedAt: account.connectedAt }),
          ...(account.refreshedAt && { refreshedAt: account.refreshedAt }),
        }
      }
  }
}
