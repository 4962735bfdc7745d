/** Shorter runs of characters are words. */
const shortest = 16
const struck = '[redacted]'
const time = /^\W*\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-][\d:]+)?)?\W*$/

/**
 * Words of an API without what could be a token that it echoes. A history knows no token, so whatever looks like one goes:
 * what stands between two spaces, is long, and mixes letters with digits, in whatever encoding. Words that are cut (…) may
 * end inside of one.
 */
export function withoutTokens(words: string): string {
  return words
    .replace(/\S+/g, (run) => (run.length >= shortest && mixes(run) && !time.test(run) ? struck : run))
    .replace(/\S*…$/, '…')
}

function mixes(run: string): boolean {
  return /\d/.test(run) && /[A-Za-z]/.test(run)
}

/** Parameters that carry a credential by their name: RFC 6750 §2.3, RFC 5849 §3.5.3, and what APIs call the same. */
const credential =
  /^(?:(?:access|refresh|id|oauth|auth|bearer|private|session|api)[_-]?token|(?:client|app|api|token)[_-]?secret|(?:api|access|private)[_-]?key|appsecret[_-]?proof|authorization|bearer|password)$/i

/**
 * Where the next page begins, without credentials: some APIs write the access token into the address that they give (Meta's
 * `paging.next`). It is sent as a header all the same, and a position is stored in clear.
 */
export function withoutCredentials(position: string): string {
  const strike = (all: string, before: string, name: string) =>
    credential.test(decoded(name)) ? before : all
  const clean = position
    .replace(/^([a-z][\w+.-]*:)?\/\/[^/?#]*@/i, '$1//')
    .replace(/(^|[?&#])([\w.~%-]{1,100}?)=[^&#]*/g, strike)
    // Of an address that stands inside of a parameter, encoded.
    .replace(/(%3f|%26|%23)([\w.~%-]{1,100}?)%3d(?:(?!%26|%23)[^&#])*/gi, strike)
  if (clean === position) return position
  return clean
    .replace(/([?&#])&+/g, '$1')
    .replace(/&+(?=#)/, '')
    .replace(/[?&#]+$/, '')
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}
