/** The redirect URI with the flow's id as `state`: for a provider that is told where to return to, once for each flow. */
export function callbackUri(redirectUri: string, flowId: string): string {
  const url = new URL(redirectUri)
  url.searchParams.set('state', flowId)
  return url.href
}
