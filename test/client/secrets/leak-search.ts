import { inspect } from 'node:util'

/** What must not be found, by name. */
export type Secrets = Readonly<Record<string, string>>

export interface Leak {
  /** Where it was found, in the words of whoever searched. */
  readonly where: string
  readonly secret: string
  readonly form: string
}

/** So many characters of a secret in a row are a leak: a cut secret is one too. */
const tellTale = 12

/** The ways in which a secret turns up: as it is, in a URL, in a form, in Base64 at any offset, in hex, in markup. */
export function formsOf(secret: string): Readonly<Record<string, string>> {
  const percent = encodeURIComponent(secret)
  const strict = percent.replace(/[!'()*~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
  const form = new URLSearchParams({ '': secret }).toString().slice(1)
  return {
    raw: secret,
    percent,
    'percent, strict': strict,
    'percent, lower case': lowerHex(percent),
    'percent, strict, lower case': lowerHex(strict),
    'percent, twice': encodeURIComponent(percent),
    form,
    'form, lower case': lowerHex(form),
    hex: Buffer.from(secret).toString('hex'),
    html: secret.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/'/g, '&#39;'),
    json: JSON.stringify(secret).slice(1, -1),
    ...base64Forms('base64', secret),
    ...base64Forms('base64 of form', form),
  }
}

function lowerHex(text: string): string {
  return text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())
}

/** The middle of a Base64 text in which the secret stands at any offset, whatever surrounds it. */
function base64Forms(name: string, secret: string): Record<string, string> {
  const forms: Record<string, string> = {}
  for (const offset of [0, 1, 2]) {
    const text = Buffer.from(`${'x'.repeat(offset)}${secret}`)
      .toString('base64')
      .replace(/=+$/, '')
    const own = text.slice(offset === 0 ? 0 : offset + 1, -2)
    forms[`${name} +${offset}`] = own
    forms[`${name}url +${offset}`] = own.replace(/\+/g, '-').replace(/\//g, '_')
  }
  return forms
}

/** Finds secrets in texts, whole or in part. */
export function createLeakSearch(secrets: Secrets) {
  const tellTales = new Map<string, { readonly secret: string; readonly form: string }>()
  for (const [secret, value] of Object.entries(secrets)) {
    if (value.length < tellTale) throw new Error(`"${secret}" is too short to be told from other words`)
    for (const [form, text] of Object.entries(formsOf(value)))
      for (let at = 0; at + tellTale <= text.length; at++) {
        const part = text.slice(at, at + tellTale)
        if (!tellTales.has(part)) tellTales.set(part, { secret, form })
      }
  }
  return {
    /** One leak for each secret, in the form that was met first. */
    inText(where: string, text: string): Leak[] {
      const leaks = new Map<string, Leak>()
      for (let at = 0; at + tellTale <= text.length; at++) {
        const found = tellTales.get(text.slice(at, at + tellTale))
        if (found && !leaks.has(found.secret)) leaks.set(found.secret, { where, ...found })
      }
      return [...leaks.values()]
    },
    inBytes(where: string, bytes: Uint8Array): Leak[] {
      return this.inText(where, Buffer.from(bytes).toString('latin1'))
    },
    /** Everything that can be reached or printed from a value. */
    inValue(where: string, value: unknown): Leak[] {
      const leaks = textsOf(value).flatMap(({ path, text }) => this.inText(`${where}${path}`, text))
      return leaks.filter(
        (leak, index) =>
          leaks.findIndex((each) => each.where === leak.where && each.secret === leak.secret) === index,
      )
    },
  }
}

interface FoundText {
  readonly path: string
  readonly text: string
}

function textsOf(value: unknown): FoundText[] {
  const texts: FoundText[] = [
    { path: ' (inspect)', text: inspectAll(value) },
    { path: ' (String)', text: attempt(() => String(value)) },
    { path: ' (JSON)', text: attempt(() => JSON.stringify(value) ?? '') },
  ]
  const seen = new Set<object>()
  const walk = (inner: unknown, path: string): void => {
    if (typeof inner === 'string') texts.push({ path, text: inner })
    if ((typeof inner !== 'object' && typeof inner !== 'function') || inner === null || seen.has(inner))
      return
    seen.add(inner)
    if (inner instanceof Uint8Array) texts.push({ path, text: Buffer.from(inner).toString('latin1') })
    if (inner instanceof Map || inner instanceof Set) for (const each of inner) walk(each, `${path}[]`)
    if (inner instanceof URL || inner instanceof URLSearchParams) texts.push({ path, text: inner.toString() })
    for (const key of Reflect.ownKeys(inner)) {
      if (typeof key === 'string') texts.push({ path: `${path} (key)`, text: key })
      walk(
        attemptValue(() => Reflect.get(inner, key)),
        `${path}.${String(key)}`,
      )
    }
    if (inner instanceof Error)
      for (const key of ['message', 'stack', 'cause'] as const) walk(inner[key], `${path}.${key}`)
  }
  walk(value, '')
  return texts
}

function inspectAll(value: unknown): string {
  const most = Number.POSITIVE_INFINITY
  return inspect(value, {
    showHidden: true,
    depth: most,
    getters: true,
    maxStringLength: most,
    maxArrayLength: most,
    breakLength: most,
  })
}

function attempt(read: () => string): string {
  try {
    return read()
  } catch {
    return ''
  }
}

function attemptValue(read: () => unknown): unknown {
  try {
    return read()
  } catch {
    return undefined
  }
}
