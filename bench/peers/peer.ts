/** A library that does a part of what latchkey does, used the way its own documentation shows. */
export interface Peer {
  readonly name: string
  /** What a flow begins with: a state, a PKCE pair and the URL. */
  begin(): string | Promise<string>
  /** One code for tokens; answers the access token. */
  exchange(code: string): Promise<string>
}

/** Module names in `bench/peers/`, which are those of the packages without their scope. */
export const peerModules = [
  'arctic',
  'oauth4webapi',
  'openid-client',
  'simple-oauth2',
  'oauth2-client',
] as const

/** What each module exports. */
export interface PeerModule {
  createPeer(origin: string): Peer
}

export async function loadPeer(module: string, origin: string): Promise<Peer> {
  // Compiled beside each other by `bench/setting/installed.ts`.
  const { createPeer }: PeerModule = await import(new URL(`../peers/${module}.mjs`, import.meta.url).href)
  return createPeer(origin)
}
