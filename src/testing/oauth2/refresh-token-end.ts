import type { OAuth2Simulation } from './settings.ts'

/** ms since 1970: when a refresh token ends that is issued or used now. */
export function refreshTokenEnd(
  { clock, refresh }: OAuth2Simulation,
  grant: { readonly grantedAt: number },
): number | undefined {
  const ends = [
    refresh.idle === undefined ? undefined : clock() + refresh.idle * 1000,
    refresh.own === undefined ? undefined : clock() + refresh.own * 1000,
    refresh.absolute === undefined ? undefined : grant.grantedAt + refresh.absolute * 1000,
  ].filter((end) => end !== undefined)
  return ends.length === 0 ? undefined : Math.min(...ends)
}
