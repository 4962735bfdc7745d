/** What HTTP Basic carries, decoded, with its colon. */
export function basicText(header: string | undefined): string | undefined {
  const encoded = /^Basic ([A-Za-z0-9+/]+=*)$/i.exec(header ?? '')?.[1]
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString()
}
