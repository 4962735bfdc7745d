/** The access token of a token endpoint's answer, where the text is one. */
export function accessTokenIn(answer: string): string | undefined {
  return textIn(answer, 'access_token')
}

export function refreshTokenIn(answer: string): string | undefined {
  return textIn(answer, 'refresh_token')
}

function textIn(answer: string, name: string): string | undefined {
  let value: unknown
  try {
    value = JSON.parse(answer)
  } catch {
    return undefined
  }
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
  return typeof found === 'string' ? found : undefined
}
