/** What a message may hold at most, and one phrase of it (§12). */
const maxMessage = 2_000
const maxWords = 500
/** Words are looked at up to here; what could be the beginning of a secret at the cut goes with the rest. */
const maxInput = 16_384
/** Shorter values are found in ordinary words. */
const minSecret = 4

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
 * were echoed (raw, percent- or form-encoded, in Base64 at any offset, in hex), and the rest is bounded.
 */
export function sanitizeWords(words: string, secrets: Iterable<string | undefined>): string {
  // The longest first: a secret that begins with another one must not leave its rest behind.
  const sorted = [...new Set(secrets)]
    .filter((secret) => secret !== undefined)
    .filter((secret) => secret.length >= minSecret)
    .sort((a, b) => b.length - a.length)
  const clipped = words.length > maxInput
  let clean = withoutControls(words.slice(0, maxInput))
  for (const secret of sorted) {
    // No form of a longer secret is shorter than it is, so that most words need no search at all.
    if (clean.length < secret.length && secret.length >= 8) continue
    clean = clean.replace(echoOf(secret), '[redacted]')
  }
  const longest = sorted[0]?.length ?? 0
  if (clipped) clean = clean.slice(0, Math.max(0, clean.length - longest * 6))
  return clean.length > maxWords ? `${clean.slice(0, maxWords - 1)}…` : clean
}

function withoutControls(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: removing control characters is the purpose
      .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g, ' ')
      .replace(/ {2,}/g, ' ')
      .trim()
  )
}

/** An expression for every form a secret is echoed in. Not kept: a cache of these would be one of secrets. */
function echoOf(secret: string): RegExp {
  const forms = [
    encodedForm(secret),
    encodedForm(withoutControls(secret)),
    ...base64Forms(secret),
    hexForm(secret),
  ]
  const distinct = [...new Set(forms)].filter((form) => form !== '').sort((a, b) => b.length - a.length)
  return new RegExp(distinct.join('|'), 'g')
}

const escapeExpression = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')

/** Each character as it is or encoded, once or twice, in capitals or not; white space as a plus or any white space. */
function encodedForm(secret: string): string {
  return [...secret]
    .map((character) => {
      // JSON inside JSON puts backslashes before a quote and before each of them.
      const before = /["\\]/.test(character) ? '\\\\*' : ''
      const raw = /\s/.test(character) ? '(?:\\s+|\\+)' : before + escapeExpression(character)
      const percent = [...Buffer.from(character)]
        .map((byte) => {
          const hex = byte.toString(16).padStart(2, '0')
          return `%(?:25)*${[...hex].map((digit) => (/[a-f]/.test(digit) ? `[${digit}${digit.toUpperCase()}]` : digit)).join('')}`
        })
        .join('')
      return `(?:${raw}|${percent})`
    })
    .join('')
}

/**
 * The part of a Base64 text that only the secret decides, at each of the three offsets it can stand at, in both
 * alphabets; also of the form-encoded secret, which is what Basic credentials hold.
 */
function base64Forms(secret: string): string[] {
  const encoded = new URLSearchParams([['', secret]]).toString().slice(1)
  const component = encodeURIComponent(Buffer.from(secret).toString()).replace(/%20/g, '+')
  const forms: string[] = []
  for (const text of new Set([secret, encoded, component])) {
    const whole = Buffer.from(text).toString('base64').replace(/=+$/, '')
    const inside = [0, 1, 2].map((offset) => {
      const shifted = Buffer.from('x'.repeat(offset) + text)
        .toString('base64')
        .replace(/=+$/, '')
      const tail = (offset + Buffer.byteLength(text)) % 3 === 0 ? 0 : 1
      return shifted.slice(offset === 0 ? 0 : offset + 1, shifted.length - tail)
    })
    for (const form of [whole, ...inside])
      if (form.length >= minSecret)
        forms.push(escapeExpression(form), escapeExpression(form.replace(/\+/g, '-').replace(/\//g, '_')))
  }
  // Up to two characters beside it, and the padding, belong to the secret in part.
  return forms.map((form) => `(?:[A-Za-z0-9+/_-]{0,2}${form}[A-Za-z0-9+/_-]?=*)`)
}

function hexForm(secret: string): string {
  const hex = Buffer.from(secret).toString('hex')
  return [...hex].map((digit) => (/[a-f]/.test(digit) ? `[${digit}${digit.toUpperCase()}]` : digit)).join('')
}
