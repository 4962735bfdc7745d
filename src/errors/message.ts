/** What a message may hold at most, and one phrase of it (§12). */
const maxMessage = 2_000
const maxWords = 500

/**
 * The one wording of every failure: `"<Name> OAuth failed: <error> - <description>"`.
 * Without a description it ends after the error; without a provider it begins "OAuth failed:".
 */
export function formatOAuthErrorMessage(parts: {
  readonly provider?: string | undefined
  readonly error: string
  readonly errorDescription?: string | undefined
}): string {
  const subject = parts.provider ? `${parts.provider} OAuth failed` : 'OAuth failed'
  const description = parts.errorDescription ? ` - ${parts.errorDescription}` : ''
  return `${subject}: ${parts.error}${description}`.slice(0, maxMessage)
}

/**
 * Makes words from outside fit for a message: control characters go, secrets of the flow go in whatever form they
 * were echoed (raw, percent-encoded, form-encoded, Base64), and the rest is bounded.
 */
export function sanitizeWords(words: string, secrets: Iterable<string | undefined>): string {
  let clean = words
  for (const secret of secrets) {
    if (!secret || secret.length < 4) continue
    for (const form of echoedForms(secret)) clean = clean.split(form).join('[redacted]')
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: removing control characters is the purpose
  clean = clean.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g, ' ')
  clean = clean.replace(/ {2,}/g, ' ').trim()
  return clean.length > maxWords ? `${clean.slice(0, maxWords - 1)}…` : clean
}

function echoedForms(secret: string): string[] {
  const encoded = encodeURIComponent(secret)
  const base64 = Buffer.from(secret).toString('base64')
  const forms = [secret, encoded, encoded.replace(/%20/g, '+'), encoded.toLowerCase(), base64]
  forms.push(base64.replace(/=+$/, ''), base64.replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, ''))
  return [...new Set(forms)].sort((a, b) => b.length - a.length)
}
