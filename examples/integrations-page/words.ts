import type { OAuthClient, ProviderDefinition } from 'latchkey'
import { connectFailureWords } from './public/words.js'

/** `project-management`, as a person would write it. */
export function categoryWords(category: string): string {
  const special: Readonly<Record<string, string>> = {
    crm: 'CRM',
    'dev-tools': 'Developer tools',
    'e-commerce': 'E-commerce',
  }
  const words = category.replace(/-/g, ' ')
  return special[category] ?? words.charAt(0).toUpperCase() + words.slice(1)
}

/** What is coming to an end, if anything is: whether that is the integration itself, and the definition's own note. */
export function endingOf({
  lifecycle,
}: ProviderDefinition):
  | { readonly words: string; readonly closing: boolean; readonly note: string }
  | undefined {
  if (!lifecycle) return undefined
  const { status, note } = lifecycle
  if (status === 'closing' || status === 'closed')
    return { words: status === 'closed' ? 'Closed' : 'Closing down', closing: true, note }
  return {
    words: status === 'legacy' ? 'Older way to connect' : 'About its API version',
    closing: false,
    note,
  }
}

/** What Disconnect will do, one sentence a line. `others`: names of what is connected and shares the grant. */
export function consequences(
  { name, revocation }: ProviderDefinition,
  others: readonly string[],
): readonly string[] {
  const stays = 'Records that were synced stay where they are. A sync under way ends.'
  if (!revocation)
    return [
      'This site forgets its tokens at once.',
      `${name} has no way to take the access back from here: remove the app in the settings of ${name}, too.`,
      stays,
    ]
  const ends = {
    token: `The access is taken back at ${name}.`,
    grant: `The access is taken back at ${name}, together with everything else this user has allowed this app there.`,
    account: `The app is removed from the account at ${name}, for everybody who uses it there.`,
  }[revocation.ends ?? 'token']
  const shared = others.length > 0 ? [`These share the same access, and end too: ${others.join(', ')}.`] : []
  return [ends, ...shared, 'This site forgets its tokens.', stays]
}

export interface Notice {
  readonly kind: 'good' | 'bad'
  readonly text: string
  /** The integration it is about. */
  readonly id: string
}

/** What the page says on top after a flow, by what the handler has put into the query. */
export function readNotice(query: URLSearchParams, clients: readonly OAuthClient[]): Notice | undefined {
  const find = (id: string | null) => clients.find(({ provider }) => provider.id === id)?.provider
  const connected = find(query.get('connected'))
  if (connected)
    return {
      kind: 'good',
      id: connected.id,
      text: `${connected.name} is connected. Its history is being read.`,
    }
  const chosen = find(query.get('chosen'))
  if (chosen) return { kind: 'good', id: chosen.id, text: `${chosen.name}: the choice is saved.` }
  const ended = find(query.get('ended'))
  if (ended) return { kind: 'good', id: ended.id, text: `The simulated ${ended.name} has ended the access.` }
  const failed = find(query.get('provider'))
  const code = query.get('oauth_error')
  return failed && code
    ? { kind: 'bad', id: failed.id, text: connectFailureWords(code, failed.name) }
    : undefined
}
