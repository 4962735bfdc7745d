/** An error with all that it holds but its cause: of what an application throws, that one place is its own. */
export function withoutCause(error: Error): object {
  const entries = Reflect.ownKeys(error)
    .filter((key) => key !== 'cause')
    .map((key) => {
      const value: unknown = Reflect.get(error, key)
      // What an OAuthError was made from is kept under a symbol, and names the cause again.
      const isDetails = typeof key === 'symbol' && typeof value === 'object' && value !== null
      return [key, isDetails ? { ...value, cause: undefined } : value] as const
    })
  return { name: error.name, ...Object.fromEntries(entries) }
}
